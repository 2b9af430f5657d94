# frozen_string_literal: true

require_relative 'stubs'
require 'minitest/autorun'

Dir[File.join(__dir__, 'test_*.rb')].each { |file| require file }
