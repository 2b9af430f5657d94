# frozen_string_literal: true

require 'socket'

module Boxhound
  # Before a machine is made: whatever can be known to fail fails here, with nothing begun.
  module Ready
    # The monolithic daemon's, and on newer systems that of virtproxyd.
    SOCKETS = ['/run/libvirt/libvirt-sock', '/var/run/libvirt/libvirt-sock'].freeze

    class << self
      # The port is free, and for a stock box its script is there. Otherwise the box is packaged from the published image, and Vagrant
      # has no other one installed under its name. A machine that is made already needs none of the latter.
      def make(box, base, port, env, machine)
        assert_libvirt(machine.provider_config.uri) if machine.provider_name == :libvirt
        return if machine.state.id == :running

        assert_port_free(box, port) if port
        if base
          Verbs.run('provision', box.name)
        elsif machine.id.nil?
          provider = machine.provider_name.to_s
          Verbs.run('package', box.name, '--provider', provider)
          assert_not_newer(box, provider, env.boxes)
          assert_same_image(box, provider, env.boxes)
        end
      end

      private

      # In other words than those of vagrant-libvirt's client library.
      def assert_libvirt(uri, sockets = SOCKETS)
        socket = sockets.find { |path| File.exist?(path) }
        return if uri != 'qemu:///system' || (socket && answers?(socket))

        raise Error.new('libvirt does not answer',
                        expected: "a daemon behind #{sockets.first}",
                        found: socket ? 'a socket that nobody answers' : 'no socket',
                        advice: 'npm run setup -- --vagrant, then: systemctl start libvirtd, or without systemd: ' \
                                'lab/libvirt/start.sh')
      end

      def answers?(socket)
        UNIXSocket.new(socket).close
        true
      rescue SystemCallError
        false
      end

      def assert_port_free(box, port)
        TCPServer.new('127.0.0.1', port).close
      rescue SystemCallError => e
        raise Error.new("port #{port} of this machine is not available for the app",
                        expected: "a free port on 127.0.0.1 (app.port in #{box.file})", found: e.message,
                        advice: "end what listens there, or take another one: APP_PORT=#{port + 1} vagrant up")
      end

      # Vagrant would say nothing and take what it has.
      def assert_not_newer(box, provider, boxes)
        ours = boxes.all.select { |name, _, kind| name == box.title && kind.to_s == provider }
        newest = ours.map { |_, version, _| Gem::Version.new(version.to_s) }.max
        return if newest.nil? || newest <= Gem::Version.new(box.version)

        raise Error.new("Vagrant has a newer version of #{box.title}",
                        expected: "#{box.version} or older, as #{box.file} says", found: newest.to_s,
                        advice: "raise \"version\" in #{box.file} and bake, or: " \
                                "vagrant box remove #{box.title} --box-version #{newest}")
      end

      # A box stays installed under its version, whatever is packaged under it later.
      def assert_same_image(box, provider, boxes)
        installed = boxes.find(box.title, provider.to_sym, "= #{box.version}")
        return if installed.nil?

        info = File.join(installed.directory, 'info.json')
        found = File.exist?(info) ? JSON.parse(File.read(info))['image'] : 'a box that boxhound did not make'
        expected = "sha256:#{box.image(provider)}"
        return if found == expected

        raise Error.new("Vagrant has another image under #{box.title} #{box.version}", expected: expected, found: found,
                                                                                       advice: other_image(box, provider))
      end

      def other_image(box, provider)
        "raise \"version\" in #{box.file} and bake, or: " \
          "vagrant box remove #{box.title} --box-version #{box.version} --provider #{provider}"
      end
    end
  end
end
