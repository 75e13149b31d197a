package dev.manabi.kernels.ptx;

import java.util.HashMap;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;

/** Which family decodes which opcode. */
final class InstructionSet {
  private static final Map<String, Function<Decoding, LaneInstruction>> PLAIN = new HashMap<>();
  private static final Map<String, Function<Decoding, ControlInstruction>> CONTROL =
      new HashMap<>();

  static {
    for (String name : new String[] {"add", "sub", "mul", "div", "min", "max"}) {
      byType(name, IntegerArithmetic::binary, FloatArithmetic::binary);
    }
    byType("neg", IntegerArithmetic::unary, FloatArithmetic::unary);
    byType("abs", IntegerArithmetic::unary, FloatArithmetic::unary);
    byType("mad", IntegerArithmetic::multiplyAdd, FloatArithmetic::fma);
    byType("rem", IntegerArithmetic::binary, FloatArithmetic::binary);
    byType("mul24", IntegerArithmetic::binary, FloatArithmetic::binary);
    byType("mad24", IntegerArithmetic::multiplyAdd, FloatArithmetic::fma);
    withCarry("add", Carries::add);
    withCarry("sub", Carries::subtract);
    withCarry("mad", Carries::multiplyAdd);
    PLAIN.put("fma", d -> FloatArithmetic.fma(d, type(d)));
    PLAIN.put("sad", IntegerArithmetic::sumOfDifferences);
    PLAIN.put("dp4a", IntegerArithmetic::dotProduct);
    for (String name : new String[] {"rcp", "sqrt", "rsqrt", "sin", "cos", "lg2", "ex2", "tanh"}) {
      PLAIN.put(name, d -> FloatArithmetic.unary(d, type(d)));
    }
    PLAIN.put("copysign", FloatArithmetic::copySign);
    PLAIN.put("testp", FloatArithmetic::test);

    PLAIN.put("and", BitManipulation::logical);
    PLAIN.put("or", BitManipulation::logical);
    PLAIN.put("xor", BitManipulation::logical);
    PLAIN.put("not", BitManipulation::not);
    PLAIN.put("shl", BitManipulation::shift);
    PLAIN.put("shr", BitManipulation::shift);
    PLAIN.put("shf", BitManipulation::funnel);
    PLAIN.put("bfe", BitManipulation::extract);
    PLAIN.put("bfi", BitManipulation::insert);
    for (String name : new String[] {"brev", "clz", "popc", "cnot", "bfind"}) {
      PLAIN.put(name, BitManipulation::count);
    }
    PLAIN.put("lop3", BitManipulation::threeInputs);
    PLAIN.put("prmt", BitManipulation::permute);

    PLAIN.put("setp", Comparison::setPredicate);
    PLAIN.put("set", Comparison::set);
    PLAIN.put("selp", Comparison::select);
    PLAIN.put("slct", Comparison::selectBySign);
    PLAIN.put("cvt", Conversion::convert);
    PLAIN.put("mov", Moves::move);

    PLAIN.put("ld", MemoryAccess::load);
    PLAIN.put("ldu", MemoryAccess::load);
    PLAIN.put("st", MemoryAccess::store);
    PLAIN.put("cvta", MemoryAccess::convertAddress);
    PLAIN.put("isspacep", MemoryAccess::isSpace);
    for (String name : new String[] {"prefetch", "prefetchu", "nanosleep"}) {
      PLAIN.put(name, MemoryAccess::nothing);
    }
    PLAIN.put("atom", Atomics::update);
    PLAIN.put("red", Atomics::update);
    PLAIN.put("cp", AsyncCopy::decode);

    CONTROL.put("shfl", WarpExchange::shuffle);
    CONTROL.put("vote", WarpExchange::vote);
    CONTROL.put("match", WarpExchange::match);
    CONTROL.put("redux", WarpExchange::reduce);
    PLAIN.put("activemask", WarpExchange::activeMask);
    CONTROL.put("bar", Barriers::decode);
    CONTROL.put("barrier", Barriers::decode);
    PLAIN.put("membar", Barriers::fence);
    PLAIN.put("fence", Barriers::fence);
    CONTROL.put("mma", MatrixMultiply::multiply);
    CONTROL.put("ldmatrix", MatrixMultiply::load);
    CONTROL.put("movmatrix", MatrixMultiply::transpose);

    CONTROL.put("bra", ControlFlow::branch);
    CONTROL.put("brx", ControlFlow::branchIndexed);
    CONTROL.put("ret", ControlFlow::leaveFunction);
    CONTROL.put("exit", ControlFlow::exit);
    PLAIN.put("trap", ControlFlow::trap);
  }

  private InstructionSet() {}

  /** An opcode that whole numbers and floating-point numbers share. */
  private static void byType(
      String name,
      BiFunction<Decoding, Type, LaneInstruction> integer,
      BiFunction<Decoding, Type, LaneInstruction> floating) {
    PLAIN.put(
        name,
        d -> {
          Type type = type(d);
          return (type.isFloat() ? floating : integer).apply(d, type);
        });
  }

  /** An opcode that has a form with {@code .cc}, and one more that ends in c. */
  private static void withCarry(String name, Function<Decoding, LaneInstruction> carrying) {
    Function<Decoding, LaneInstruction> plain = PLAIN.get(name);
    PLAIN.put(name, d -> (d.form.has("cc") ? carrying : plain).apply(d));
    PLAIN.put(name + "c", carrying);
  }

  private static Type type(Decoding d) {
    return d.form.type();
  }

  /** Decodes a statement into the program; {@code guard} as {@link Warp#predicate} takes it. */
  static void decode(Decoding d, int guard) {
    Function<Decoding, LaneInstruction> plain = PLAIN.get(d.form.base);
    Function<Decoding, ControlInstruction> control = CONTROL.get(d.form.base);
    if (plain != null) {
      d.builder().emit(d.statement, guard, plain.apply(d));
    } else if (control != null) {
      d.builder().emit(d.statement, guard, control.apply(d));
    } else if (d.form.base.equals("call")) {
      ControlFlow.call(d, guard);
    } else {
      throw new PtxFormatException(
          d.statement.line(), "the machine does not know instruction " + d.statement.opcode());
    }
  }
}
