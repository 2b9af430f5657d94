# frozen_string_literal: true

class TestInputs < Minitest::Test
  KEY = '0123456789abcdef' * 2
  FIRST_BOOT = 'systemctl start boxhound-first-boot.service'

  def setup
    @box = Boxhound::Box.new('lab', '1.0.0', 5050, 'boxes/lab.yaml')
    Boxhound::Inputs::NAMES.each { |name| ENV.delete(name) }
  end
  alias teardown setup

  def test_without_inputs_nothing_is_uploaded
    machine = Machine.new
    Boxhound::Inputs.hand_over(@box, machine)
    assert_equal [FIRST_BOOT], machine.commands
    assert_empty machine.uploads
    assert_equal ['lab 1.0.0 runs.'], machine.said
  end

  def test_inputs_travel_in_one_private_file_that_is_gone_and_in_no_command
    ENV['DD_API_KEY'] = KEY
    ENV['DD_TAGS'] = 'env:trial team:a b'
    ENV['DD_SITE'] = ''
    machine = Machine.new
    Boxhound::Inputs.hand_over(@box, machine)
    to, text, mode, from = machine.uploads.fetch(0)
    assert_equal ['/dev/shm/boxhound-inputs', "DD_API_KEY=#{KEY}\nDD_TAGS=env:trial team:a b\n", 0o600], [to, text, mode]
    refute_path_exists from
    refute_path_exists File.dirname(from)
    assert_equal [FIRST_BOOT, '/usr/lib/boxhound/take-inputs /dev/shm/boxhound-inputs'], machine.commands
    refute_match(/#{KEY}/, (machine.commands + machine.said).join)
  end

  def test_the_file_is_gone_also_when_the_upload_fails
    ENV['DD_API_KEY'] = KEY
    ours = -> { Dir.glob('/dev/shm/boxhound-*').sort }
    before = ours.call
    machine = Machine.new
    machine.define_singleton_method(:upload) { |*| raise IOError, 'lost' }
    assert_raises(IOError) { Boxhound::Inputs.hand_over(@box, machine) }
    assert_equal before, ours.call
  end

  def test_a_value_of_several_lines_is_refused_and_not_told
    ENV['DD_TAGS'] = "env:trial\nDD_API_KEY=#{KEY}"
    machine = Machine.new
    error = assert_raises(Boxhound::Error) { Boxhound::Inputs.hand_over(@box, machine) }
    assert_match(/DD_TAGS holds a line break/, error.message)
    refute_match(/#{KEY}/, error.message)
    assert_empty machine.uploads
  end

  def test_a_failed_first_boot_is_told_with_its_step
    record = JSON.generate({ steps: [{ name: 'main/30-database', status: 'failed', message: 'no space' }] })
    machine = Machine.new({ FIRST_BOOT => [1, ''], 'cat /var/lib/boxhound/first-boot.json' => [0, record] })
    error = assert_raises(Boxhound::Error) { Boxhound::Inputs.hand_over(@box, machine) }
    assert_match(%r{found:    main/30-database: no space}, error.message)
    assert_empty machine.uploads
  end

  def test_a_first_boot_without_a_record_is_told_as_such
    error = assert_raises(Boxhound::Error) { Boxhound::Inputs.hand_over(@box, Machine.new({ FIRST_BOOT => [1, ''] })) }
    assert_match(/no record in/, error.message)
  end
end
