# frozen_string_literal: true

require 'fileutils'
require 'json'
require 'socket'
require 'tmpdir'
require 'yaml'

# What the Vagrantfile asks of a box file, of boxhound's verbs and of this machine.
module Boxhound
  ROOT = File.expand_path('../..', __dir__)
  OUT = ENV.fetch('BOXHOUND_OUT', File.join(ROOT, 'out'))

  # Of the caller's environment, handed to the machine.
  INPUTS = %w[DD_API_KEY DD_SITE DD_TAGS DD_HOSTNAME].freeze

  # Where the guest finds them for a moment: in its memory, never on its disk.
  GUEST_FILE = '/dev/shm/boxhound-inputs'

  # An error as all of boxhound's read.
  class Error < Vagrant::Errors::VagrantError
    def initialize(message, expected: nil, found: nil, advice: nil)
      @text = [message,
               expected && "  expected: #{expected}",
               found && "  found:    #{found}",
               advice && "  next:     #{advice}"].compact.join("\n")
      super()
    end

    def error_message
      @text
    end
  end

  Box = Struct.new(:name, :version, :port, :file) do
    def folder
      File.join(OUT, name)
    end

    # Where `npm run package` lists what there is.
    def catalog
      "file://#{File.join(folder, 'catalog.json')}"
    end

    # What `npm run provision` writes.
    def script
      File.join(folder, 'provision.sh')
    end

    # Vagrant boxes that were packaged, newest version last.
    def packaged
      path = File.join(folder, 'boxes.json')
      File.exist?(path) ? JSON.parse(File.read(path)) : []
    end
  end

  class << self
    # boxes/NAME.yaml. All that Vagrant needs of it; boxhound's verbs check the rest.
    def box(name)
      file = File.join(ROOT, 'boxes', "#{name}.yaml")
      unless name.match?(/\A[\w-]+\z/) && File.exist?(file)
        known = Dir.glob('*.yaml', base: File.join(ROOT, 'boxes')).map { |path| File.basename(path, '.yaml') }
        raise Error.new("there is no box file boxes/#{name}.yaml", expected: "BOX=#{known.sort.join(' or ')}", found: "BOX=#{name}")
      end
      data = YAML.safe_load_file(file)
      Box.new(data.fetch('box'), data.fetch('version').to_s, data.dig('app', 'port'), "boxes/#{name}.yaml")
    rescue Psych::Exception, KeyError => e
      raise Error.new("boxes/#{name}.yaml cannot be read", found: e.message, advice: "npm run render -- #{name} --out /tmp/#{name}")
    end

    # Whether KVM really boots something here; asked once.
    def kvm?(box)
      @kvm ||= {}
      @kvm.fetch(box.name) do
        answer = IO.popen(verb('accelerator', box.name), chdir: ROOT, err: File::NULL, &:read)
        @kvm[box.name] = answer.strip == 'kvm'
      end
    end

    # Before a machine is made: all that can be known to fail fails here, with nothing begun.
    def make_ready(box, base, port, env, machine)
      return if machine.state.id == :running

      assert_port_free(box, port) if port
      return provisioner(box) if base
      return if machine.id

      provider = machine.provider_name.to_s
      run('package', box.name, '--provider', provider)
      assert_installed(box, provider, env.boxes)
    end

    # What BOXHOUND_BASE machines are provisioned by.
    def provisioner(box)
      run('provision', box.name)
    end

    # Waits for the first boot and hands keys, site, tags and name to the machine, if there are any.
    def hand_over(box, machine)
      machine.communicate.sudo('systemctl start boxhound-first-boot.service', error_check: false).zero? ||
        raise(Error.new("the first boot of #{box.name} has failed", found: failed_step(machine), advice: 'vagrant ssh, then: sudo journalctl -u boxhound-first-boot'))
      given = INPUTS.reject { |name| ENV.fetch(name, '').empty? }
      give(machine, given.map { |name| "#{name}=#{ENV.fetch(name)}\n" }.join) unless given.empty?
      machine.ui.success("#{box.name} #{box.version} runs#{" with #{given.join(', ')}" unless given.empty?}.")
    end

    private

    def verb(*words)
      ['node', File.join(ROOT, 'scripts', '_run.mjs'), *words]
    end

    # A verb tells its errors itself.
    def run(*words)
      return if system(*verb(*words), chdir: ROOT, in: File::NULL)

      raise Error.new("npm run #{words.first} has failed, see above", found: "status #{$CHILD_STATUS&.exitstatus || 'unknown'}")
    end

    def assert_port_free(box, port)
      TCPServer.new('127.0.0.1', port).close
    rescue Errno::EADDRINUSE, Errno::EACCES => e
      raise Error.new("port #{port} of this machine cannot be had for the app", expected: "a free port on 127.0.0.1 (app.port in #{box.file})",
                                                                                found: e.message,
                                                                                advice: "end what listens there, or take another: APP_PORT=#{port + 1} vagrant up")
    end

    # What Vagrant holds already must be what the box file means: it would take the higher version, or an older image of the same one.
    def assert_installed(box, provider, boxes)
      name = "boxhound/#{box.name}"
      installed = boxes.all.select { |found, _, kind| found == name && kind.to_s == provider }.map { |row| row[1].to_s }
      newer = installed.map { |version| Gem::Version.new(version) }.max
      if newer && newer > Gem::Version.new(box.version)
        raise Error.new("Vagrant has a newer version of #{name}", expected: "at most #{box.version} (#{box.file})", found: newer.to_s,
                                                                  advice: "raise \"version\" in #{box.file} and bake, or: vagrant box remove #{name} --box-version #{newer}")
      end
      assert_same_image(box, provider, boxes.find(name, provider.to_sym, "= #{box.version}"))
    end

    def assert_same_image(box, provider, installed)
      return unless installed

      info = File.join(installed.directory, 'info.json')
      found = File.exist?(info) ? JSON.parse(File.read(info))['image'] : 'a box that boxhound did not make'
      record = box.packaged.find { |one| one['version'] == box.version && one['provider'] == provider }
      expected = "sha256:#{record && record['image']}"
      return if found == expected

      raise Error.new("Vagrant has another image under #{installed.name} #{box.version}",
                      expected: expected, found: found,
                      advice: "raise \"version\" in #{box.file} and bake, or: vagrant box remove #{installed.name} --box-version #{box.version} --provider #{provider}")
    end

    # By a file that is gone afterwards, here and there: no argument list, no log and no folder of Vagrant's holds a value.
    def give(machine, text)
      memory = '/dev/shm'
      Dir.mktmpdir('boxhound-', File.directory?(memory) ? memory : nil) do |folder|
        file = File.join(folder, 'inputs')
        File.write(file, text, perm: 0o600)
        machine.communicate.upload(file, GUEST_FILE)
      end
      machine.communicate.sudo("/usr/lib/boxhound/take-inputs #{GUEST_FILE}")
    end

    def failed_step(machine)
      text = +''
      machine.communicate.sudo('cat /var/lib/boxhound/first-boot.json', error_check: false) { |_, data| text << data }
      failed = JSON.parse(text).fetch('steps').find { |step| step['status'] == 'failed' }
      failed ? "#{failed['name']}: #{failed['message']}" : 'no step that failed'
    rescue JSON::ParserError, KeyError
      'no record in /var/lib/boxhound/first-boot.json'
    end
  end
end
