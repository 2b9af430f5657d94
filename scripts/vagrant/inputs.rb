# frozen_string_literal: true

require 'json'
require 'tmpdir'

module Boxhound
  # Keys, site, tags and name of one machine, out of the caller's environment.
  module Inputs
    NAMES = %w[DD_API_KEY DD_SITE DD_TAGS DD_HOSTNAME].freeze

    # Where the guest finds them for a moment: in its memory, never on its disk.
    GUEST_FILE = '/dev/shm/boxhound-inputs'

    class << self
      # Waits for the first boot and hands over what there is; without anything the machine runs keyless.
      def hand_over(box, machine)
        await_first_boot(box, machine)
        given = NAMES.reject { |name| ENV.fetch(name, '').empty? }
        assert_lines(given)
        give(machine, given) unless given.empty?
        machine.ui.success("#{box.name} #{box.version} runs#{" with #{given.join(', ')}" unless given.empty?}.")
      end

      private

      def await_first_boot(box, machine)
        status = machine.communicate.sudo('systemctl start boxhound-first-boot.service', error_check: false)
        return if status.zero?

        raise Error.new("the first boot of #{box.name} failed",
                        expected: 'every step done', found: failed(machine),
                        advice: 'vagrant ssh -c "sudo journalctl -u boxhound-first-boot"')
      end

      # Each is a line of the file: a second one would be somebody else's.
      def assert_lines(names)
        name = names.find { |one| ENV.fetch(one).match?(/[\r\n]/) }
        raise Error.new("#{name} holds a line break", expected: 'one line', advice: "fix #{name} in your environment") if name
      end

      # By a file that is gone afterwards, here and there: no argument list, no log and no folder of Vagrant's holds a value.
      def give(machine, names)
        memory = '/dev/shm'
        Dir.mktmpdir('boxhound-', File.directory?(memory) ? memory : nil) do |folder|
          file = File.join(folder, 'inputs')
          File.write(file, names.map { |name| "#{name}=#{ENV.fetch(name)}\n" }.join, perm: 0o600)
          machine.communicate.upload(file, GUEST_FILE)
        end
        machine.communicate.sudo("/usr/lib/boxhound/take-inputs #{GUEST_FILE}", &told(machine))
      end

      def told(machine)
        ->(_, text) { machine.ui.detail(text.strip) unless text.strip.empty? }
      end

      def failed(machine)
        text = +''
        machine.communicate.sudo('cat /var/lib/boxhound/first-boot.json', error_check: false) { |_, data| text << data }
        step = JSON.parse(text).fetch('steps').find { |one| one['status'] == 'failed' }
        step ? "#{step['name']}: #{step['message']}" : 'no step that failed'
      rescue JSON::ParserError, KeyError
        'no record in /var/lib/boxhound/first-boot.json'
      end
    end
  end
end
