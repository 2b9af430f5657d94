# frozen_string_literal: true

# What the Vagrantfile asks of box files, of boxhound's verbs and of this machine.
module Boxhound
  # boxhound's own folder, and the user's: the same in a checkout. A Vagrantfile of the user's own says which is theirs.
  TOOL = File.expand_path('../..', __dir__)
  ROOT = File.expand_path(ENV.fetch('BOXHOUND_ROOT', TOOL))
  OUT = ENV.fetch('BOXHOUND_OUT', File.join(ROOT, 'out'))

  # Commands as they are typed in the user's folder, as lib/_helpers/typed.ts names them.
  def self.typed(text)
    TOOL == ROOT ? text : text.gsub(/\bnpm run ([a-z]+)( --)?(?![\w-])/, 'npx boxhound \\1')
  end
end

require_relative 'error'
require_relative 'box'
require_relative 'verbs'
require_relative 'ready'
require_relative 'inputs'
