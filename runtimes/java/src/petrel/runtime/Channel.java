package petrel.runtime;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.lang.reflect.Field;
import java.util.Arrays;

/** The frames of docs/frames.md over the inherited socket, with blocking reads and one write for each frame. */
final class Channel {
    static final int INIT = 0x01;
    static final int WAITING = 0x10;
    static final int READY = 0x11;
    static final int INIT_ERROR = 0x12;
    static final int RESPONSE = 0x13;
    static final int ERROR = 0x14;
    static final int FATAL = 0x18;

    private static final int HEAD = 5;
    private static final int READ_AHEAD = 8 * 1024; // The most that Java reads without asking the system for memory each time.
    private static final int KEPT = 64 * 1024;

    private final FileInputStream input;
    private final FileOutputStream output;
    private byte[] buffer = new byte[READ_AHEAD];
    private int start;
    private int end;
    private byte[] frame = new byte[READ_AHEAD];

    Channel(int descriptor) throws ReflectiveOperationException {
        FileDescriptor file = new FileDescriptor();
        Field number = FileDescriptor.class.getDeclaredField("fd");
        number.setAccessible(true);
        number.setInt(file, descriptor);
        input = new FileInputStream(file);
        output = new FileOutputStream(file);
    }

    /** A frame: its kind, and where its body is; valid until the next one is read. */
    record Frame(int kind, byte[] bytes, int start, int end) {
    }

    /** Waits for the next frame. Ends the process when the daemon is gone. */
    Frame read() {
        need(HEAD);
        int length = littleEndian(buffer, start);
        need(4 + length);
        Frame read = new Frame(buffer[start + 4], buffer, start + HEAD, start + 4 + length);
        start += 4 + length;
        return read;
    }

    private void need(int count) {
        if (end - start >= count) {
            return;
        }
        int size = Math.max(count, READ_AHEAD);
        // Grows for a large event, and gives the memory back with the next one.
        byte[] target = size > buffer.length || buffer.length > KEPT ? new byte[size] : buffer;
        System.arraycopy(buffer, start, target, 0, end - start);
        end -= start;
        start = 0;
        buffer = target;
        try {
            while (end < count) {
                int got = input.read(buffer, end, buffer.length - end);
                if (got <= 0) {
                    Runtime.getRuntime().halt(0);
                }
                end += got;
            }
        } catch (IOException e) {
            Runtime.getRuntime().halt(0);
        }
    }

    void write(int kind, byte[] body, int length) throws IOException {
        if (frame.length < HEAD + length || frame.length > KEPT) {
            frame = new byte[Math.max(HEAD + length, READ_AHEAD)];
        }
        int size = length + 1;
        frame[0] = (byte) size;
        frame[1] = (byte) (size >>> 8);
        frame[2] = (byte) (size >>> 16);
        frame[3] = (byte) (size >>> 24);
        frame[4] = (byte) kind;
        System.arraycopy(body, 0, frame, HEAD, length);
        output.write(frame, 0, HEAD + length);
    }

    void write(int kind, byte[] body) throws IOException {
        write(kind, body, body.length);
    }

    static int littleEndian(byte[] bytes, int at) {
        return bytes[at] & 0xff | (bytes[at + 1] & 0xff) << 8 | (bytes[at + 2] & 0xff) << 16 | (bytes[at + 3] & 0xff) << 24;
    }

    static byte[] slice(byte[] bytes, int start, int end) {
        return Arrays.copyOfRange(bytes, start, end);
    }
}
