# frozen_string_literal: true

module Boxhound
  # boxhound's verbs, started as npm starts them.
  module Verbs
    class << self
      # Runs a verb, which tells its errors itself.
      def run(*words)
        started = system(*command(words), chdir: ROOT, in: File::NULL)
        raise Error.new('Node.js cannot be started', expected: 'node on PATH') if started.nil?
        return if started

        raise Error.new("npm run #{words.first} failed, see above", found: "status #{$?.exitstatus}") # rubocop:disable Style/SpecialGlobalVars
      end

      # Whether KVM really boots something here: `npm run accelerator`, asked once.
      def kvm?(box)
        @kvm ||= IO.popen([*command(['accelerator', box.name]), { chdir: ROOT, err: File::NULL }], &:read)
        @kvm.strip == 'kvm'
      rescue SystemCallError
        false
      end

      private

      def command(words)
        ['node', File.join(TOOL, 'scripts', '_run.mjs'), *words]
      end
    end
  end
end
