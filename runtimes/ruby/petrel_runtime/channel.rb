# frozen_string_literal: true

module PetrelRuntime
  # The frames of docs/frames.md over the inherited socket, with blocking reads and one write for each frame.
  class Channel
    INIT, INVOKE = 0x01, 0x02
    WAITING, READY, INIT_ERROR, RESPONSE, ERROR, FATAL = 0x10, 0x11, 0x12, 0x13, 0x14, 0x18

    HEAD = 5
    READ_AHEAD = 64 * 1024

    def initialize(fd)
      @io = IO.for_fd(fd, "r+b")
      @io.close_on_exec = true # Children of the function must not keep the channel open.
      @buffer = String.new(capacity: READ_AHEAD, encoding: Encoding::BINARY)
      @chunk = String.new(encoding: Encoding::BINARY)
    end

    # Waits for the next frame: kind and body. Ends the process when the daemon is gone.
    def read
      need(HEAD)
      length = @buffer.unpack1("L<")
      need(4 + length)
      frame = @buffer
      kind = frame.getbyte(4)
      @buffer = frame.bytesize == 4 + length ? String.new(encoding: Encoding::BINARY) : frame.byteslice(4 + length, frame.bytesize)
      [kind, frame.byteslice(HEAD, length - 1)]
    end

    def write(kind, body = "")
      frame = [body.bytesize + 1, kind].pack("L<C") << body.b
      sent = @io.syswrite(frame)
      sent += @io.syswrite(frame.byteslice(sent, frame.bytesize)) while sent < frame.bytesize
    end

    private

    def need(count)
      while (missing = count - @buffer.bytesize).positive?
        @io.readpartial([missing, READ_AHEAD].max, @chunk)
        @buffer << @chunk
      end
    rescue EOFError, SystemCallError
      exit!(0)
    end
  end
end
