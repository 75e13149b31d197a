package dev.manabi.kernels.ptx;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Copies a loop over lanes once per opcode.
 *
 * <p>A loop that calls its function through an interface is slow once it has seen more than two
 * functions: the JIT no longer inlines the call. So a loop is written once, as a class that holds
 * its function in a {@code static final} field, and each opcode gets a hidden copy of that class,
 * in which the function is a constant.
 */
final class LoopTemplate {
  private static final Map<String, Object> COPIES = new ConcurrentHashMap<>();

  private LoopTemplate() {}

  /**
   * The copy of a loop for an opcode.
   *
   * @param opcode with all modifiers: it must determine the function
   * @param loop a class with a constructor without parameters, which asks for its {@link #function}
   */
  static <L> L copy(String opcode, Class<L> kind, Class<? extends L> loop, Object function) {
    return kind.cast(
        COPIES.computeIfAbsent(loop.getName() + ' ' + opcode, _ -> define(loop, function)));
  }

  private static Object define(Class<?> loop, Object function) {
    try {
      return MethodHandles.lookup()
          .defineHiddenClassWithClassData(bytes(loop), function, true)
          .lookupClass()
          .getDeclaredConstructor()
          .newInstance();
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("cannot copy loop " + loop.getName(), e);
    }
  }

  /** For the loop's static field: the function of the copy that {@code inside} looks from. */
  static <F> F function(MethodHandles.Lookup inside, Class<F> type) {
    try {
      return MethodHandles.classData(inside, "_", type);
    } catch (IllegalAccessException e) {
      throw new LinkageError("cannot read the function of " + inside.lookupClass(), e);
    }
  }

  private static byte[] bytes(Class<?> loop) {
    String name = loop.getName();
    try (InputStream in =
        loop.getResourceAsStream(name.substring(name.lastIndexOf('.') + 1) + ".class")) {
      if (in == null) {
        throw new LinkageError("no class file of " + name);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
