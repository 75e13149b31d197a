package dev.manabi.kernels.cpu;

import static java.lang.constant.ConstantDescs.CD_float;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;
import static java.lang.constant.ConstantDescs.INIT_NAME;
import static java.lang.constant.ConstantDescs.MTD_void;

import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.nio.ByteOrder;
import java.util.function.Consumer;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The words in which emitted kernels are written: vectors, of f32 unless said otherwise, at
 * addresses that lie in local variables of type long, masked as {@link Native#at} explains.
 */
final class VectorCode {
  private static final ClassDesc SPECIES = desc(VectorSpecies.class);
  private static final ClassDesc SEGMENT = desc(MemorySegment.class);
  private static final ClassDesc BYTE_ORDER = desc(ByteOrder.class);
  private static final MethodTypeDesc STORE =
      MethodTypeDesc.of(CD_void, SEGMENT, CD_long, BYTE_ORDER);
  private final CodeBuilder code;

  /** The field of {@link Simd} with the vectors' species. */
  private final String species;

  private final ClassDesc vector;

  /** The type of a method that makes a vector of two others. */
  private final MethodTypeDesc ofTwo;

  VectorCode(CodeBuilder code) {
    this(code, "F32", FloatVector.class);
  }

  private VectorCode(CodeBuilder code, String species, Class<?> vector) {
    this.code = code;
    this.species = species;
    this.vector = desc(vector);
    ofTwo = MethodTypeDesc.of(this.vector, desc(Vector.class), desc(Vector.class));
  }

  /** Vectors of integers, which stand for any elements of 4 or 8 bytes. */
  static VectorCode ofBits(CodeBuilder code, int bytes) {
    return bytes == Integer.BYTES
        ? new VectorCode(code, "I32", IntVector.class)
        : new VectorCode(code, "I64", LongVector.class);
  }

  /**
   * An instance of a new class that implements {@code kernel}, which has one method.
   *
   * @param body writes that method
   */
  static <K> K define(Class<K> kernel, String name, Consumer<CodeBuilder> body) {
    Method run = kernel.getDeclaredMethods()[0];
    MethodTypeDesc type =
        MethodType.methodType(run.getReturnType(), run.getParameterTypes())
            .describeConstable()
            .orElseThrow();
    byte[] bytes =
        ClassFile.of()
            .build(
                ClassDesc.of(VectorCode.class.getPackageName(), name),
                c ->
                    c.withInterfaceSymbols(desc(kernel))
                        .withMethodBody(INIT_NAME, MTD_void, 0, VectorCode::constructor)
                        .withMethodBody(run.getName(), type, ClassFile.ACC_PUBLIC, body));
    try {
      MethodHandles.Lookup made = MethodHandles.lookup().defineHiddenClass(bytes, true);
      MethodType constructor = MethodType.methodType(void.class);
      return kernel.cast(made.findConstructor(made.lookupClass(), constructor).invoke());
    } catch (Throwable e) {
      throw new LinkageError("cannot define " + name, e);
    }
  }

  private static void constructor(CodeBuilder code) {
    code.aload(0).invokespecial(ConstantDescs.CD_Object, INIT_NAME, MTD_void).return_();
  }

  private static ClassDesc desc(Class<?> type) {
    return type.describeConstable().orElseThrow();
  }

  /** {@code to = the vector at address + distance}. */
  void load(int to, int address, long distance) {
    code.getstatic(desc(Simd.class), species, SPECIES);
    place(address, distance);
    var type = MethodTypeDesc.of(vector, SPECIES, SEGMENT, CD_long, BYTE_ORDER);
    code.invokestatic(vector, "fromMemorySegment", type).astore(to);
  }

  /** {@code to = array[index + distance]} in all lanes, of f32. */
  void broadcast(int to, int array, int index, int distance) {
    code.getstatic(desc(Simd.class), species, SPECIES);
    code.aload(array).iload(index).loadConstant(distance).iadd().faload();
    var type = MethodTypeDesc.of(vector, SPECIES, CD_float);
    code.invokestatic(vector, "broadcast", type).astore(to);
  }

  /** Stores {@code v} at {@code address + distance}. */
  void store(int v, int address, long distance) {
    code.aload(v);
    place(address, distance);
    code.invokevirtual(vector, "intoMemorySegment", STORE);
  }

  /** {@code array[index + distance ...] = v}, integers that are the bits of floats. */
  void storeFloats(int v, int array, int index, int distance) {
    ClassDesc floats = desc(FloatVector.class);
    code.aload(v).invokevirtual(vector, "reinterpretAsFloats", MethodTypeDesc.of(floats));
    code.aload(array).iload(index).loadConstant(distance).iadd();
    var type = MethodTypeDesc.of(CD_void, CD_float.arrayType(), CD_int);
    code.invokevirtual(floats, "intoArray", type);
  }

  private void place(int address, long distance) {
    code.getstatic(desc(Native.class), "ALL", SEGMENT).lload(address);
    code.loadConstant(distance).ladd();
    code.getstatic(desc(Native.class), "ORDER", BYTE_ORDER);
  }

  /** {@code sum += a * b}, of f32. */
  void fma(int a, int b, int sum) {
    code.aload(a).aload(b).aload(sum).invokevirtual(vector, "fma", ofTwo).astore(sum);
  }

  /** {@code to[i] = (a, b)[choice[i]]}, where b's lanes are numbered on from a's; of integers. */
  void select(int choice, int a, int b, int to) {
    code.aload(choice).aload(a).aload(b).invokevirtual(vector, "selectFrom", ofTwo).astore(to);
  }

  /** {@code to = address + step}, masked. */
  void move(int to, int address, int step) {
    code.lload(address).lload(step).ladd().loadConstant(Native.MASK).land().lstore(to);
  }

  /** {@code to = address + distance}, masked. */
  void moveBy(int to, int address, long distance) {
    code.lload(address).loadConstant(distance).ladd().loadConstant(Native.MASK).land().lstore(to);
  }

  /** Ends the kernel if {@code count} is not positive: see {@link Rehearsal}. */
  void returnUnless(int count) {
    Label work = code.newLabel();
    code.iload(count).ifgt(work).return_().labelBinding(work);
  }
}
