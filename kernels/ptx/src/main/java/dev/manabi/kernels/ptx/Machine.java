package dev.manabi.kernels.ptx;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Runs kernels. A launch returns when all its blocks are done; blocks run one after the other in
 * the order of their numbers unless {@link Options} say otherwise, so what a launch computes,
 * atomic operations in any order included, is the same each time.
 */
public final class Machine {
  private static final int MOST_THREADS = 1024;
  private static final int MOST_STATIC_SHARED = 48 << 10;

  /**
   * What the machine is and checks.
   *
   * @param checkUninitialised whether to fail on a read of global or shared memory that nothing has
   *     written
   * @param checkRaces whether to fail on two uses of shared memory that no barrier orders
   * @param checkBarriers whether to fail on a barrier that some threads do not reach because they
   *     have exited, or to which different threads come at different lines; a GPU lets both pass
   * @param profile whether to count sectors and bank conflicts
   * @param computeCapability the newest target that it runs, such as 90
   * @param maxSharedBytes the most shared memory of a block
   * @param threads how many blocks run at the same time; with more than one, the order of atomic
   *     operations is not the same each time
   * @param blockSeed if not 0, blocks run in an order that differs from launch to launch, as a
   *     GPU's does; a kernel whose results depend on it is found by running it twice
   * @param maxBranches after how many control instructions a warp is taken to run forever
   */
  public record Options(
      boolean checkUninitialised,
      boolean checkRaces,
      boolean checkBarriers,
      boolean profile,
      int computeCapability,
      int maxSharedBytes,
      int threads,
      long blockSeed,
      long maxBranches) {
    /** Every check, no profile, one thread. */
    public static Options strict() {
      return new Options(true, true, true, false, 90, 227 << 10, 1, 0, 1L << 28);
    }

    /** Only what no GPU would let pass either. */
    public static Options lenient() {
      return new Options(false, false, false, false, 90, 227 << 10, 1, 0, 1L << 28);
    }

    /** These, with or without a profile. */
    public Options withProfile(boolean on) {
      return with(on, threads, blockSeed, maxBranches);
    }

    /** These, with so many blocks at the same time. */
    public Options withThreads(int count) {
      return with(profile, count, blockSeed, maxBranches);
    }

    /** These, with blocks in an order drawn from a seed, or in that of their numbers if it is 0. */
    public Options withBlockSeed(long seed) {
      return with(profile, threads, seed, maxBranches);
    }

    /** These, with another limit of control instructions. */
    public Options withMaxBranches(long limit) {
      return with(profile, threads, blockSeed, limit);
    }

    /** These, for another device. */
    public Options withDevice(int capability, int sharedBytes) {
      return new Options(
          checkUninitialised,
          checkRaces,
          checkBarriers,
          profile,
          capability,
          sharedBytes,
          threads,
          blockSeed,
          maxBranches);
    }

    private Options with(boolean profiled, int blocks, long seed, long limit) {
      return new Options(
          checkUninitialised,
          checkRaces,
          checkBarriers,
          profiled,
          computeCapability,
          maxSharedBytes,
          blocks,
          seed,
          limit);
    }
  }

  private final DeviceMemory memory;
  private final Options options;
  private final Map<PtxModule, Map<Variable, Long>> loaded = new IdentityHashMap<>();
  private final AtomicLong launches = new AtomicLong();

  public Machine(DeviceMemory memory, Options options) {
    this.memory = memory;
    this.options = options;
  }

  /** A machine with memory of its own and every check. */
  public Machine() {
    this(new DeviceMemory(), Options.strict());
  }

  public DeviceMemory memory() {
    return memory;
  }

  public Options options() {
    return options;
  }

  /**
   * Runs a kernel.
   *
   * @param dynamicSharedBytes shared memory of each block beyond what the kernel declares
   * @param parameters from its position to its limit the values of all parameters, each at its
   *     offset ({@link PtxKernel#parameters}), little end first; left as it is
   * @throws PtxFault if the launch asks for what the machine does not have, or a thread does
   *     something wrong
   */
  public LaunchReport launch(
      PtxKernel kernel, Dim3 grid, Dim3 block, int dynamicSharedBytes, ByteBuffer parameters) {
    return launch(kernel, grid, block, dynamicSharedBytes, parameters, null);
  }

  /**
   * Runs a kernel and tells a tracer each instruction that one thread executes.
   *
   * @param ofBlock the thread's block in the grid
   * @param ofThread its place in that block
   * @throws IllegalArgumentException if there is no such thread
   */
  public LaunchReport trace(
      PtxKernel kernel,
      Dim3 grid,
      Dim3 block,
      int dynamicSharedBytes,
      ByteBuffer parameters,
      Dim3 ofBlock,
      Dim3 ofThread,
      Tracer tracer) {
    if (!ofBlock.isInside(grid) || !ofThread.isInside(block)) {
      throw new IllegalArgumentException(
          "no thread %s of block %s in a grid %s of blocks %s"
              .formatted(ofThread, ofBlock, grid, block));
    }
    return launch(
        kernel,
        grid,
        block,
        dynamicSharedBytes,
        parameters,
        new ThreadObserver(ofBlock, ofThread, tracer));
  }

  private LaunchReport launch(
      PtxKernel kernel,
      Dim3 grid,
      Dim3 block,
      int dynamicSharedBytes,
      ByteBuffer parameters,
      @Nullable Observer observer) {
    check(kernel, grid, block, dynamicSharedBytes, parameters.remaining());
    byte[] values = new byte[parameters.remaining()];
    parameters.get(parameters.position(), values);
    Program program = kernel.program();
    var launch =
        new Launch(
            program,
            memory,
            options,
            grid,
            block,
            dynamicSharedBytes,
            program.staticShared() + dynamicSharedBytes,
            values,
            symbols(kernel.module()),
            observer);
    return new LaunchReport(program, run(launch));
  }

  private Counters run(Launch launch) {
    long blocks = launch.gridDim().count();
    int workers = (int) Math.min(options.threads, blocks);
    var total = new Counters(launch.program());
    LongUnaryOperator order = order(blocks);
    var next = new AtomicLong();
    var failure = new AtomicReference<@Nullable RuntimeException>();
    Runnable work =
        () -> {
          var block = new Block(launch);
          try {
            long number = next.getAndIncrement();
            while (number < blocks && failure.get() == null) {
              block.run(order.applyAsLong(number));
              number = next.getAndIncrement();
            }
          } catch (RuntimeException e) {
            failure.compareAndSet(null, e);
          }
          synchronized (total) {
            total.add(block.counters);
          }
        };
    if (workers == 1) {
      work.run();
    } else {
      var threads = new Thread[workers];
      for (int i = 0; i < workers; i++) {
        threads[i] = Thread.ofPlatform().daemon().name("ptx-block-", i).start(work);
      }
      for (Thread thread : threads) {
        join(thread);
      }
    }
    RuntimeException failed = failure.get();
    if (failed != null) {
      throw failed;
    }
    return total;
  }

  /** Which block runs as the n-th. */
  private LongUnaryOperator order(long blocks) {
    if (options.blockSeed == 0 || blocks < 2) {
      return n -> n;
    }
    var random = new SplittableRandom(options.blockSeed + launches.getAndIncrement());
    long shift = random.nextLong(blocks);
    long step = random.nextLong(1, Math.min(blocks, Integer.MAX_VALUE));
    // Every block has its turn once if step and blocks have no common divisor.
    while (gcd(step, blocks) != 1) {
      step++;
    }
    long stride = step;
    return n -> (stride * n + shift) % blocks;
  }

  private static long gcd(long a, long b) {
    return b == 0 ? a : gcd(b, a % b);
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a kernel runs", e);
    }
  }

  private void check(PtxKernel kernel, Dim3 grid, Dim3 block, int dynamic, int parameterBytes) {
    if (kernel.module().computeCapability() > options.computeCapability) {
      throw bad(
          kernel,
          "it needs %s, the machine is an sm_%d"
              .formatted(kernel.module().target(), options.computeCapability));
    }
    if (block.x() < 1 || block.y() < 1 || block.z() < 1 || block.count() > MOST_THREADS) {
      throw bad(kernel, "block " + block + " must have 1 to " + MOST_THREADS + " threads");
    }
    if (kernel.maxThreads() > 0 && block.count() > kernel.maxThreads()) {
      throw bad(
          kernel,
          "block %s has %d threads; the kernel is made for at most %d"
              .formatted(block, block.count(), kernel.maxThreads()));
    }
    if (grid.x() < 1 || grid.y() < 1 || grid.z() < 1 || grid.y() > 65535 || grid.z() > 65535) {
      throw bad(kernel, "grid " + grid + " must be 1 to 2^31-1, 1 to 65535, 1 to 65535");
    }
    if (kernel.staticSharedBytes() > MOST_STATIC_SHARED) {
      throw bad(
          kernel,
          "declares %d bytes of shared memory, more than %d; fix: take the rest at the launch"
              .formatted(kernel.staticSharedBytes(), MOST_STATIC_SHARED));
    }
    if (dynamic < 0 || kernel.staticSharedBytes() + (long) dynamic > options.maxSharedBytes) {
      throw bad(
          kernel,
          "%d + %d bytes of shared memory; a block has at most %d"
              .formatted(kernel.staticSharedBytes(), dynamic, options.maxSharedBytes));
    }
    if (parameterBytes != kernel.parameterBytes()) {
      throw bad(
          kernel,
          "%d bytes of parameters, expected %d: %s"
              .formatted(parameterBytes, kernel.parameterBytes(), kernel.parameters()));
    }
  }

  private static PtxFault bad(PtxKernel kernel, String what) {
    return new PtxFault(kernel.name(), kernel.line(), what);
  }

  /**
   * Where a variable of a module stands in this machine's memory.
   *
   * @throws IllegalArgumentException if the module has none of this name
   */
  public long address(PtxModule module, String variable) {
    Variable found = module.variable(variable);
    if (found == null) {
      throw new IllegalArgumentException(
          "no variable '" + variable + "'; there are " + String.join(", ", module.variables()));
    }
    return symbols(module).get(found);
  }

  /** Frees the variables of a module; a later launch makes them anew. */
  public synchronized void unload(PtxModule module) {
    Map<Variable, Long> symbols = loaded.remove(module);
    if (symbols != null) {
      symbols.values().forEach(memory::free);
    }
  }

  private synchronized Map<Variable, Long> symbols(PtxModule module) {
    return loaded.computeIfAbsent(module, this::load);
  }

  /** Variables without an initialiser begin as zeros. */
  private Map<Variable, Long> load(PtxModule module) {
    var symbols = new HashMap<Variable, Long>();
    for (Variable variable : module.variablesInMemory()) {
      long address = memory.allocate(variable.bytes);
      memory.fill(address, variable.bytes, (byte) 0);
      if (variable.initial != null) {
        memory.write(address, MemorySegment.ofArray(variable.initial));
      }
      symbols.put(variable, address);
    }
    return symbols;
  }
}
