package dev.manabi.kernels.ptx;

/** {@code ld, ldu, st, prefetch, isspacep, cvta}. */
final class MemoryAccess {
  private MemoryAccess() {}

  /** Modifiers about caches, order and scope: here every access is coherent at once. */
  static void ignoreOrder(Form form) {
    form.ignore(
        "weak",
        "volatile",
        "relaxed",
        "acquire",
        "release",
        "acq_rel",
        "sc",
        "mmio",
        "cta",
        "gpu",
        "sys",
        "cluster",
        "nc",
        "ca",
        "cg",
        "cs",
        "lu",
        "cv",
        "wb",
        "wt");
    form.ignore(
        "L1::evict_normal",
        "L1::evict_unchanged",
        "L1::evict_first",
        "L1::evict_last",
        "L1::no_allocate",
        "L2::64B",
        "L2::128B",
        "L2::256B",
        "L2::evict_first",
        "L2::evict_last",
        "L2::evict_normal",
        "unified");
  }

  /** The space of an access; the parameters of functions lie in local memory. */
  private static Space space(Decoding d, Decoding.Address address) {
    Space space = d.form.space();
    boolean ofFunction =
        address.variable() != null && !d.builder().isKernelParameter(address.variable());
    return space == Space.PARAM && ofFunction ? Space.LOCAL : space;
  }

  static LaneInstruction load(Decoding d) {
    ignoreOrder(d.form);
    d.expect(2);
    Decoding.Address address = d.address(1);
    Space space = space(d, address);
    int count = d.form.vector();
    Type type = d.form.type();
    return access(d, LoadLoop.class, space, address, type, d.targets(0, count));
  }

  static LaneInstruction store(Decoding d) {
    ignoreOrder(d.form);
    d.expect(2);
    Decoding.Address address = d.address(0);
    Space space = space(d, address);
    int count = d.form.vector();
    Type type = d.form.type();
    return access(d, StoreLoop.class, space, address, type, d.sources(1, count, type));
  }

  private static LaneInstruction access(
      Decoding d,
      Class<? extends MemoryLoop> kind,
      Space space,
      Decoding.Address address,
      Type type,
      int[] registers) {
    int base = address.base();
    long offset = address.offset();
    d.builder().noteAccess(space, type.bytes());
    MemoryLoop loop =
        LoopTemplate.copy(
            d.statement.opcode() + " of " + space,
            MemoryLoop.class,
            kind,
            new MemoryLoop.Access(AddressSpace.of(space), type, registers.length));
    int bytes = type.bytes() * registers.length;
    return (warp, mask) -> {
      profile(warp, space, base, offset, mask, bytes);
      loop.run(warp, mask, registers, base, offset);
    };
  }

  /** Counts an access to global or shared memory, if the launch is to be profiled. */
  static void profile(Warp warp, Space space, int base, long offset, int mask, int bytes) {
    if (!warp.launch.options().profile()) {
      return;
    }
    long first = warp.registers[base + Integer.numberOfTrailingZeros(mask)] + offset;
    Space actual = space == Space.GENERIC ? Space.of(first) : space;
    if (actual == Space.GLOBAL || actual == Space.SHARED) {
      warp.counters.access(actual, warp.registers, base, offset, mask, bytes);
    }
  }

  /** {@code prefetch} and its like: there is no cache. */
  static LaneInstruction nothing(Decoding d) {
    ignoreOrder(d.form);
    d.form.space();
    d.form.ignore("L1", "L2", "tensormap", "uniform", "global", "u32");
    return (_, _) -> {};
  }

  /** {@code isspacep}: whether a generic address lies in a space. */
  static LaneInstruction isSpace(Decoding d) {
    Space space = d.form.space();
    d.expect(2);
    int to = d.predicateTarget(d.operand(0));
    int a = d.source(1, Type.U64);
    return (warp, mask) -> {
      int result = 0;
      for (int m = mask; m != 0; m &= m - 1) {
        int lane = Integer.numberOfTrailingZeros(m);
        result |= Space.of(warp.registers[a + lane]) == space ? 1 << lane : 0;
      }
      BitManipulation.setPredicate(warp, to, mask, result);
    };
  }

  /** {@code cvta}: from an address in a space to a generic one, or back. */
  static LaneInstruction convertAddress(Decoding d) {
    boolean fromGeneric = d.form.take("to");
    Space space = d.form.space();
    d.form.type();
    d.expect(2);
    long window = fromGeneric ? -space.window() : space.window();
    return Elementwise.unary(d, d.source(1, Type.U64), a -> a + window);
  }
}
