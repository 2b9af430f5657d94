# frozen_string_literal: true

module Boxhound
  # An error as all of boxhound's read: what is wrong, what was expected, what was found, what to do next.
  class Error < Vagrant::Errors::VagrantError
    def initialize(message, expected: nil, found: nil, advice: nil)
      @text = [message,
               expected && "  expected: #{expected}",
               found && "  found:    #{found}",
               advice && "  next:     #{advice}"].compact.map { |line| Boxhound.typed(line) }.join("\n")
      super()
    end

    def error_message
      @text
    end
  end
end
