package dev.manabi.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.manabi.kernels.cuda.driver.CudaContext;
import dev.manabi.kernels.cuda.driver.CudaEvent;
import dev.manabi.kernels.cuda.driver.PtxDriver;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Copies from pinned buffers on a device that is late. */
class PinnedCopiesTest {
  private static final int BUFFERS = 2;
  private static final int LINE = 64;
  private static final int BUFFER_BYTES = LINE;

  private final CudaContext machine = new PtxDriver().context(0);

  /** Copies that the device was asked for and has not begun. */
  private final Queue<Runnable> late = new ArrayDeque<>();

  private int most;

  /** The machine, but for asynchronous copies that wait until somebody waits for them. */
  private CudaContext lateContext() {
    return (CudaContext)
        Proxy.newProxyInstance(
            CudaContext.class.getClassLoader(),
            new Class<?>[] {CudaContext.class},
            (proxy, method, arguments) -> {
              switch (method.getName()) {
                case "copyInAsync" -> {
                  MemorySegment pinned = (MemorySegment) arguments[1];
                  late.add(() -> machine.copyInAsync((long) arguments[0], pinned));
                  most = Math.max(most, late.size());
                  return null;
                }
                case "event" -> {
                  return new After(late.size());
                }
                default -> {
                  try {
                    return method.invoke(machine, arguments);
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                }
              }
            });
  }

  /** The moment after so many copies. */
  private final class After implements CudaEvent {
    private final int copies;
    private final int doneBefore = done;

    After(int copies) {
      this.copies = copies;
    }

    @Override
    public void await() {
      while (done < doneBefore + copies) {
        late.remove().run();
        done++;
      }
    }

    @Override
    public double since(CudaEvent earlier) {
      return 0;
    }

    @Override
    public void close() {
      // Nothing is held.
    }
  }

  private int done;

  private byte[] arrived(long address, int bytes) {
    late.forEach(Runnable::run);
    late.clear();
    byte[] there = new byte[bytes];
    machine.copyOut(MemorySegment.ofArray(there), address);
    return there;
  }

  @Test
  void aBufferIsNotWrittenBeforeItsCopyHasLeft() {
    byte[] host = new byte[5 * BUFFER_BYTES + 7];
    new SplittableRandom(1).nextBytes(host);
    byte[] expected = host.clone();
    long address = machine.allocate(host.length);
    var copies = new PinnedCopies(lateContext(), BUFFERS, BUFFER_BYTES);
    copies.copyIn(address, MemorySegment.ofArray(host));
    Arrays.fill(host, (byte) 0);
    assertEquals(BUFFERS, most, "copies under way at once");
    assertArrayEquals(expected, arrived(address, expected.length));
  }

  @Test
  void smallCopiesShareABuffer() {
    int lines = 4;
    byte[] host = new byte[lines * LINE];
    new SplittableRandom(2).nextBytes(host);
    byte[] expected = host.clone();
    long address = machine.allocate(host.length);
    var copies = new PinnedCopies(lateContext(), 2, lines * LINE);
    for (int i = 0; i < lines; i++) {
      // Of whole lines and of less.
      int bytes = i % 2 == 0 ? LINE : 3;
      int at = i * LINE;
      copies.copyIn(address + at, MemorySegment.ofArray(host).asSlice(at, bytes));
      Arrays.fill(host, at, at + bytes, (byte) 0);
    }
    assertEquals(lines, most, "nobody waited");
    late.forEach(Runnable::run);
    for (int i = 0; i < lines; i++) {
      int at = i * LINE;
      byte[] there = new byte[i % 2 == 0 ? LINE : 3];
      machine.copyOut(MemorySegment.ofArray(there), address + at);
      assertArrayEquals(Arrays.copyOfRange(expected, at, at + there.length), there);
    }
  }
}
