# frozen_string_literal: true

require 'minitest/autorun'
require 'open3'
require 'tmpdir'

# A Vagrantfile of the user's own, which loads boxhound's from elsewhere.
class TestRoots < Minitest::Test
  STUBS = File.expand_path('stubs.rb', __dir__)

  def in_repository(boxes, program)
    Dir.mktmpdir do |folder|
      Dir.mkdir(File.join(folder, 'boxes'))
      boxes.each { |name| File.write(File.join(folder, 'boxes', "#{name}.yaml"), "box: #{name}\nversion: 1.2.3\n") }
      out, = Open3.capture2e({ 'BOXHOUND_ROOT' => folder }, 'ruby', '-r', STUBS, '-e', program)
      return out
    end
  end

  def test_boxes_are_the_users_and_hardware_is_boxhounds
    said = in_repository(%w[web], 'print Boxhound.box(Boxhound.default_box).version, Boxhound.hardware.key?("cpus")')
    assert_equal '1.2.3true', said
  end

  def test_the_box_without_a_name_is_lab_or_the_only_one
    assert_equal 'web', in_repository(%w[web], 'print Boxhound.default_box')
    assert_equal 'lab', in_repository(%w[lab web], 'print Boxhound.default_box')
    assert_match(/BOX=db or web/, in_repository(%w[db web], 'Boxhound.box(Boxhound.default_box)'))
  end

  def test_messages_name_the_command_that_is_there
    program = 'print Boxhound::Error.new("x", advice: "npm run setup -- --vagrant, npm run render -- web").message'
    assert_match(/npx boxhound setup --vagrant, npx boxhound render web/, in_repository([], program))
  end
end
