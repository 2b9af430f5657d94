# frozen_string_literal: true

# What the Vagrantfile asks of box files, of boxhound's verbs and of this machine.
module Boxhound
  ROOT = File.expand_path('../..', __dir__)
  OUT = ENV.fetch('BOXHOUND_OUT', File.join(ROOT, 'out'))
end

require_relative 'error'
require_relative 'box'
require_relative 'verbs'
require_relative 'ready'
require_relative 'inputs'
