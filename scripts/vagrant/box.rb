# frozen_string_literal: true

require 'json'
require 'yaml'

module Boxhound
  # What Vagrant needs of a box file; boxhound's verbs check the rest. `port` is the app's, nil without one.
  Box = Struct.new(:name, :version, :port, :file) do
    def folder
      File.join(OUT, name)
    end

    # What Vagrant calls it.
    def title
      "boxhound/#{name}"
    end

    # Where `npm run package` lists what there is.
    def catalog
      "file://#{File.join(folder, 'catalog.json')}"
    end

    # What `npm run provision` writes.
    def script
      File.join(folder, 'provision.sh')
    end

    # The image that `npm run package` has packaged for a provider; nil when it has not.
    def image(provider)
      path = File.join(folder, 'boxes.json')
      boxes = File.exist?(path) ? JSON.parse(File.read(path)) : []
      boxes.find { |one| one['version'] == version && one['provider'] == provider }&.fetch('image')
    end
  end

  class << self
    # boxes/NAME.yaml
    def box(name)
      file = "boxes/#{name}.yaml"
      assert_known(name, File.join(ROOT, file))
      data = YAML.safe_load(File.read(File.join(ROOT, file)))
      Box.new(data.fetch('box'), data.fetch('version').to_s, data.dig('app', 'port'), file)
    rescue Psych::Exception, KeyError, NoMethodError => e
      raise Error.new("#{file} cannot be read", found: e.message, advice: "npm run render -- #{name} --out DIR tells more")
    end

    # The box when BOX names none: lab, or the only one.
    def default_box
      names = known_boxes
      names.include?('lab') || names.length != 1 ? 'lab' : names.first
    end

    # What a machine has, in a Vagrant box and here: memoryMiB, cpus, bootTimeout in seconds.
    def hardware
      YAML.safe_load(File.read(File.join(TOOL, 'packer', 'vagrant', 'hardware.yaml')))
    end

    # The port of this machine that leads to the app; nil for a box without one.
    def host_port(box, wish = ENV.fetch('APP_PORT', ''))
      return box.port if box.port.nil? || wish.empty?
      return wish.to_i if wish.match?(/\A\d+\z/) && wish.to_i.between?(1, 65_535)

      raise Error.new('APP_PORT is not a port', expected: 'a number from 1 to 65535', found: wish)
    end

    private

    def known_boxes
      Dir.glob('*.yaml', base: File.join(ROOT, 'boxes')).map { |file| File.basename(file, '.yaml') }.sort
    end

    def assert_known(name, path)
      return if name.match?(/\A[\w-]+\z/) && File.exist?(path)

      raise Error.new('there is no such box file', expected: "BOX=#{known_boxes.join(' or ')}", found: "BOX=#{name}")
    end
  end
end
