# frozen_string_literal: true

# As much of Vagrant as scripts/vagrant uses, and a project of the test's own.

require 'tmpdir'

module Vagrant
  module Errors
    class VagrantError < StandardError
      def message
        error_message
      end
    end
  end
end

PROJECT = Dir.mktmpdir('boxhound-ruby-')
at_exit { FileUtils.remove_entry(PROJECT) }
ENV['BOXHOUND_OUT'] = File.join(PROJECT, 'out')

require_relative '../../scripts/vagrant/boxhound'

# Vagrant's collection of installed boxes.
class Boxes
  Installed = Struct.new(:name, :version, :provider, :directory)

  def initialize(*installed)
    @installed = installed
  end

  def all
    @installed.map { |box| [box.name, box.version, box.provider, nil] }
  end

  def find(name, provider, version)
    @installed.find { |box| box.name == name && box.provider == provider && version == "= #{box.version}" }
  end
end

# A machine that remembers what it was asked; `answers` are exit statuses and outputs by command.
class Machine
  attr_reader :said, :commands, :uploads

  def initialize(answers = {})
    @answers = answers
    @said = []
    @commands = []
    @uploads = []
  end

  def communicate
    self
  end

  def ui
    self
  end

  def success(text)
    @said << text
  end
  alias detail success

  def upload(from, to)
    @uploads << [to, File.read(from), File.stat(from).mode & 0o777, from]
  end

  def sudo(command, **)
    @commands << command
    status, text = @answers.fetch(command, [0, ''])
    yield :stdout, text if block_given? && !text.empty?
    status
  end
end
