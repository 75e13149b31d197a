package dev.manabi.kernels.ptx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;

/**
 * {@code cp.async}: copies from global to shared memory that land only when the thread waits for
 * the group they were committed in. Until then nobody may touch the place.
 */
final class AsyncCopy {
  private AsyncCopy() {}

  /** The copies of a warp that have not landed. */
  static final class Pending {
    private record Copy(int lane, int group, int at, byte[] bytes) {}

    private final List<Copy> copies = new ArrayList<>();

    /** How many groups each lane has committed. */
    private final int[] committed = new int[Warp.LANES];

    void clear() {
      copies.clear();
      Arrays.fill(committed, 0);
    }

    void start(int lane, int at, byte[] bytes) {
      copies.add(new Copy(lane, committed[lane], at, bytes));
    }

    void commit(int mask) {
      for (int m = mask; m != 0; m &= m - 1) {
        committed[Integer.numberOfTrailingZeros(m)]++;
      }
    }

    /** Lands what these lanes committed, but for their latest {@code groups} groups. */
    void land(Warp warp, int mask, int groups) {
      for (Iterator<Copy> left = copies.iterator(); left.hasNext(); ) {
        Copy copy = left.next();
        if ((mask >>> copy.lane & 1) != 0 && copy.group < committed[copy.lane] - groups) {
          warp.block.shared.landCopy(warp, copy.lane, copy.at, copy.bytes);
          left.remove();
        }
      }
    }
  }

  static LaneInstruction decode(Decoding d) {
    d.form.takeOne("async");
    if (d.form.take("commit_group")) {
      d.expect(0);
      return (warp, mask) -> warp.copies.commit(mask);
    }
    if (d.form.take("wait_group")) {
      d.expect(1);
      int groups = Math.clamp(d.immediate(0), 0, Integer.MAX_VALUE);
      return (warp, mask) -> warp.copies.land(warp, mask, groups);
    }
    if (d.form.take("wait_all")) {
      d.expect(0);
      return (warp, mask) -> {
        warp.copies.commit(mask);
        warp.copies.land(warp, mask, 0);
      };
    }
    return copy(d);
  }

  private static LaneInstruction copy(Decoding d) {
    MemoryAccess.ignoreOrder(d.form);
    d.form.takeOne("shared", "shared::cta");
    d.form.takeOne("global");
    d.expect(3, 4);
    Decoding.Address to = d.address(0);
    Decoding.Address from = d.address(1);
    long size = d.immediate(2);
    if (size != 4 && size != 8 && size != 16) {
      throw d.form.error("copies 4, 8 or 16 bytes, not " + size);
    }
    int bytes = (int) size;
    // Fewer bytes may be read; the rest of the place is filled with zeros.
    int length = d.operands() == 4 ? d.source(3, Type.U32) : -1;
    AddressSpace global = AddressSpace.of(Space.GLOBAL);
    return (warp, mask) -> {
      long[] r = warp.registers;
      MemoryAccess.profile(warp, Space.GLOBAL, from.base(), from.offset(), mask, bytes);
      for (int m = mask; m != 0; m &= m - 1) {
        int lane = Integer.numberOfTrailingZeros(m);
        long target = (r[to.base() + lane] & 0xffff_ffffL) + to.offset();
        long source = r[from.base() + lane] + from.offset();
        AddressSpace.checkAligned(warp, lane, target, bytes);
        AddressSpace.checkAligned(warp, lane, source, bytes);
        int count = length < 0 ? bytes : Math.clamp(r[length + lane] & 0xffff_ffffL, 0, bytes);
        var copied = new byte[bytes];
        int step = (count & 3) == 0 ? 4 : 1;
        for (int i = 0; i < count; i += step) {
          Bytes.put(copied, i, step, global.read(warp, lane, source + i, step));
        }
        warp.block.shared.expectCopy(warp, lane, target, bytes);
        warp.copies.start(lane, (int) target, copied);
      }
    };
  }
}
