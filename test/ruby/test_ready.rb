# frozen_string_literal: true

class TestReady < Minitest::Test
  def setup
    @box = Boxhound::Box.new('lab', '1.0.0', 5050, 'boxes/lab.yaml')
    @folder = Dir.mktmpdir
    FileUtils.mkdir_p(@box.folder)
    File.write(File.join(@box.folder, 'boxes.json'), JSON.generate([{ version: '1.0.0', provider: 'libvirt', image: 'abc' }]))
  end

  def teardown
    FileUtils.rm_rf([@folder, @box.folder])
  end

  def installed(version, image, provider: :libvirt)
    File.write(File.join(@folder, 'info.json'), JSON.generate({ image: "sha256:#{image}" })) if image
    Boxes.new(Boxes::Installed.new('boxhound/lab', version, provider, @folder))
  end

  def check(name, boxes)
    Boxhound::Ready.send(name, @box, 'libvirt', boxes)
  end

  def test_nothing_installed_or_the_very_image_is_fine
    assert_nil check(:assert_same_image, Boxes.new)
    assert_nil check(:assert_same_image, installed('1.0.0', 'abc'))
    assert_nil check(:assert_not_newer, installed('1.0.0', 'abc'))
    assert_nil check(:assert_not_newer, installed('0.9.9', 'abc'))
  end

  def test_another_image_under_the_version_is_refused_with_the_way_out
    error = assert_raises(Boxhound::Error) { check(:assert_same_image, installed('1.0.0', 'other')) }
    assert_match(/expected: sha256:abc\n  found:    sha256:other\n  next:     .*vagrant box remove boxhound.lab --box-version 1.0.0/, error.message)
  end

  def test_a_box_of_somebody_else_under_our_name_is_refused
    error = assert_raises(Boxhound::Error) { check(:assert_same_image, installed('1.0.0', nil)) }
    assert_match(/a box that boxhound did not make/, error.message)
  end

  def test_a_newer_version_is_refused_by_number_and_not_by_letter
    @box.version = '1.0.9'
    error = assert_raises(Boxhound::Error) { check(:assert_not_newer, installed('1.0.10', 'abc')) }
    assert_match(/expected: 1.0.9 or older.*\n  found:    1.0.10/, error.message)
  end

  def test_another_provider_s_boxes_are_not_looked_at
    assert_nil check(:assert_not_newer, installed('2.0.0', 'abc', provider: :virtualbox))
  end

  def test_a_port_that_is_taken_is_refused_and_one_that_is_free_stays_free
    server = TCPServer.new('127.0.0.1', 0)
    port = server.addr[1]
    error = assert_raises(Boxhound::Error) { Boxhound::Ready.send(:assert_port_free, @box, port) }
    assert_match(/port #{port} .*\n.*app.port in boxes.lab.yaml.*\n.*\n  next: .*APP_PORT=#{port + 1}/, error.message)
    server.close
    2.times { Boxhound::Ready.send(:assert_port_free, @box, port) }
  end

  def test_libvirt_must_answer
    socket = File.join(@folder, 'sock')
    error = assert_raises(Boxhound::Error) { Boxhound::Ready.send(:assert_libvirt, 'qemu:///system', [socket]) }
    assert_match(%r{found:    no socket\n  next: .*systemctl start libvirtd.*lab/libvirt/start.sh}, error.message)
    server = UNIXServer.new(socket)
    assert_nil Boxhound::Ready.send(:assert_libvirt, 'qemu:///system', [socket])
    server.close
    error = assert_raises(Boxhound::Error) { Boxhound::Ready.send(:assert_libvirt, 'qemu:///system', [socket]) }
    assert_match(/a socket that nobody answers/, error.message)
  end

  def test_a_libvirt_of_one_s_own_is_not_looked_for_here
    assert_nil Boxhound::Ready.send(:assert_libvirt, 'qemu+ssh://host/system')
  end
end
