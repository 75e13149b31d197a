package dev.manabi.kernels.cpu;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Method;

/**
 * Copies a kernel class once per function that its loop applies.
 *
 * <p>A vector loop that calls its function through an interface is fast only while the JIT has seen
 * a single function there: with several it no longer inlines the call, and every vector becomes an
 * object. So a loop is written once, as a class that holds its function in a {@code static final}
 * field, and each function gets a hidden copy of that class. In a copy the field is a constant, the
 * call inlines, and the loop compiles as if it had been written out for that function.
 *
 * <pre>{@code
 * final class RunSum implements RunKernel {
 *   private static final Term TERM = KernelTemplate.function(MethodHandles.lookup(), Term.class);
 *   ...
 * }
 * RunKernel sum = KernelTemplate.copy(RunKernel.class, RunSum.class, term);
 * }</pre>
 */
final class KernelTemplate {
  private KernelTemplate() {}

  /**
   * An instance of a fresh copy of {@code template} that applies {@code function}.
   *
   * @param kernel the interface under which the copy is called
   * @param template a top-level class with a constructor without parameters
   */
  static <K> K copy(Class<K> kernel, Class<? extends K> template, Object function) {
    try {
      return instance(
          kernel,
          MethodHandles.lookup().defineHiddenClassWithClassData(bytes(template), function, true));
    } catch (IllegalAccessException e) {
      throw new LinkageError("cannot copy kernel " + template.getName(), e);
    }
  }

  /** An instance of a fresh copy of a {@code template} that applies no function. */
  static <K> K copy(Class<K> kernel, Class<? extends K> template) {
    try {
      return instance(kernel, MethodHandles.lookup().defineHiddenClass(bytes(template), true));
    } catch (IllegalAccessException e) {
      throw new LinkageError("cannot copy kernel " + template.getName(), e);
    }
  }

  private static <K> K instance(Class<K> kernel, MethodHandles.Lookup copy) {
    try {
      return kernel.cast(copy.lookupClass().getDeclaredConstructor().newInstance());
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("cannot make an instance of " + copy.lookupClass(), e);
    }
  }

  /** For the template's static field: the function of the copy that {@code inside} looks from. */
  static <F> F function(MethodHandles.Lookup inside, Class<F> type) {
    try {
      return MethodHandles.classData(inside, "_", type);
    } catch (IllegalAccessException e) {
      throw new LinkageError("cannot read the function of " + inside.lookupClass(), e);
    }
  }

  /**
   * A handle to the method {@code name} of {@code kernel}, for a static field that is <em>not</em>
   * final: the JIT does not inline through a handle that is no constant. A kernel must be compiled
   * alone. Inlined into its callers, it exceeds the size up to which C2 resolves vector operations.
   */
  static MethodHandle entry(Class<?> kernel, String name) {
    for (Method method : kernel.getDeclaredMethods()) {
      if (method.getName().equals(name)) {
        try {
          return MethodHandles.lookup().unreflect(method);
        } catch (IllegalAccessException e) {
          throw new LinkageError(kernel + "." + name, e);
        }
      }
    }
    throw new LinkageError(kernel + " has no method " + name);
  }

  /** For calls through an {@link #entry}: kernels throw nothing checked. */
  static RuntimeException unchecked(Throwable thrown) {
    if (thrown instanceof Error e) {
      throw e;
    }
    return thrown instanceof RuntimeException e ? e : new IllegalStateException(thrown);
  }

  private static byte[] bytes(Class<?> template) {
    try (InputStream in = template.getResourceAsStream(template.getSimpleName() + ".class")) {
      if (in == null) {
        throw new LinkageError("no class file of " + template.getName());
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
