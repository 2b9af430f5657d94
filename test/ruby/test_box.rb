# frozen_string_literal: true

class TestBox < Minitest::Test
  def test_a_box_file_gives_name_version_and_port
    box = Boxhound.box('lab')
    assert_equal ['lab', '1.0.0', 5050, 'boxhound/lab'], [box.name, box.version, box.port, box.title]
    assert_equal "file://#{PROJECT}/out/lab/catalog.json", box.catalog
  end

  def test_every_box_file_of_the_project_can_be_used
    names = Dir.glob('*.yaml', base: File.join(Boxhound::ROOT, 'boxes')).map { |file| File.basename(file, '.yaml') }
    names.each { |name| assert_equal name, Boxhound.box(name).name }
  end

  def test_an_unknown_box_is_told_with_those_that_are
    error = assert_raises(Boxhound::Error) { Boxhound.box('lba') }
    assert_match(/expected: BOX=lab or .*\n  found:    BOX=lba/, error.message)
  end

  def test_the_app_s_port_is_the_box_file_s_or_the_caller_s
    box = Boxhound.box('lab')
    assert_equal [5050, 8080], [Boxhound.host_port(box, ''), Boxhound.host_port(box, '8080')]
    assert_nil Boxhound.host_port(Boxhound::Box.new('x', '1.0.0', nil, ''), '8080')
    %w[abc 0 65536 80a].each { |wish| assert_raises(Boxhound::Error) { Boxhound.host_port(box, wish) } }
  end

  def test_the_hardware_is_three_numbers
    numbers = Boxhound.hardware.values_at('memoryMiB', 'cpus', 'bootTimeout')
    assert(numbers.all? { |number| number.is_a?(Integer) && number.positive? })
  end

  def test_a_path_is_no_name
    assert_raises(Boxhound::Error) { Boxhound.box('../boxes/lab') }
  end

  def test_the_packaged_image_is_that_of_this_version_and_provider
    box = Boxhound.box('lab')
    assert_nil box.image('libvirt')
    FileUtils.mkdir_p(box.folder)
    File.write(File.join(box.folder, 'boxes.json'), JSON.generate([
                                                                    { version: '0.9.0', provider: 'libvirt', image: 'old' },
                                                                    { version: '1.0.0', provider: 'libvirt', image: 'new' }
                                                                  ]))
    assert_equal 'new', box.image('libvirt')
    assert_nil box.image('virtualbox')
  ensure
    FileUtils.rm_rf(box.folder)
  end
end
