package dev.manabi.examples;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The walls between the modules, read from the compiled classes of the whole reactor. */
class WallsTest {
  private static final List<String> MODULES =
      List.of(
          "tensor",
          "kernels",
          "kernels/ptx",
          "kernels/cuda",
          "kernels/lessons",
          "autograd",
          "nn",
          "data",
          "bench",
          "examples");

  /** A longer file is a wall of its own: split it by topic. */
  private static final int MAX_LINES = 450;

  private static Path root;
  private static JavaClasses all;

  @BeforeAll
  static void importEveryModule() {
    root = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(root.resolve("tensor/src"))) {
      root = root.getParent();
    }
    // Directories rather than the class path: bench is not a dependency of this module, and is
    // looked at whenever it has been built.
    all =
        new ClassFileImporter()
            .importPaths(MODULES.stream().map(m -> root.resolve(m + "/target/classes")).toList());
  }

  /** What each module may reach in this project; libraries are not restricted here. */
  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "tensor,   dev.manabi.tensor..",
    "kernels,  dev.manabi.kernels..  dev.manabi.tensor..",
    "autograd, dev.manabi.autograd.. dev.manabi.tensor..",
    "nn,       dev.manabi.nn..       dev.manabi.autograd.. dev.manabi.tensor..",
    "data,     dev.manabi.data..     dev.manabi.tensor..",
  })
  void moduleImportsOnlyWhatTheDesignAllows(String module, String allowed) {
    noClasses()
        .that()
        .resideInAPackage("dev.manabi." + module + "..")
        .should()
        .dependOnClassesThat(
            resideInAPackage("dev.manabi..").and(resideOutsideOfPackages(allowed.split("\\s+"))))
        .check(all);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"tensor", "autograd"})
  void coreModuleNeedsTheJdkOnly(String module) {
    classes()
        .that()
        .resideInAPackage("dev.manabi." + module + "..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("java..", "com.sun.management..", "org.jspecify..", "dev.manabi..")
        .check(all);
  }

  @Test
  void ptxMachineNeedsTheJdkOnly() {
    classes()
        .that()
        .resideInAPackage("dev.manabi.kernels.ptx..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("java..", "org.jspecify..", "dev.manabi.kernels.ptx..")
        .check(all);
  }

  @Test
  void vectorApiIsUsedInTheCpuKernelsOnly() {
    noClasses()
        .that()
        .resideOutsideOfPackages("dev.manabi.kernels.cpu..", "dev.manabi.kernels.lessons..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("jdk.incubator..")
        .check(all);
  }

  @Test
  void jcudaIsUsedInTheCudaKernelsOnly() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.manabi.kernels.cuda..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("jcuda..")
        .check(all);
  }

  @Test
  void everyPackageIsNullMarked() {
    var unmarked =
        all.stream()
            .filter(DescribedPredicate.not(isPackageInfo()))
            .map(JavaClass::getPackage)
            .distinct()
            // JMH writes the harness of a benchmark into a package of its own.
            .filter(p -> !p.getName().endsWith(".jmh_generated"))
            .filter(p -> !p.isAnnotatedWith(NullMarked.class))
            .map(JavaPackage::getName)
            .sorted()
            .toList();
    assertEquals(List.of(), unmarked, "packages without a @NullMarked package-info");
  }

  @Test
  void noSourceFileIsAWall() throws IOException {
    List<String> tooLong = new ArrayList<>();
    for (String module : MODULES) {
      for (Path file : javaFiles(root.resolve(module + "/src"))) {
        int lines = Files.readAllLines(file).size();
        if (lines > MAX_LINES) {
          tooLong.add(root.relativize(file) + " has " + lines + " lines");
        }
      }
    }
    assertEquals(List.of(), tooLong, "files of more than " + MAX_LINES + " lines");
  }

  @Test
  void theWallsAreReadFromRealClasses() {
    for (String module :
        List.of("tensor", "kernels.cpu", "kernels.ptx", "autograd", "nn", "data")) {
      assertFalse(
          all.stream().noneMatch(c -> c.getPackageName().startsWith("dev.manabi." + module)),
          "no compiled class of module " + module + " found under " + root);
    }
  }

  private static DescribedPredicate<JavaClass> isPackageInfo() {
    return DescribedPredicate.describe(
        "package-info", c -> c.getSimpleName().equals("package-info"));
  }

  private static List<Path> javaFiles(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith(".java")).toList();
    }
  }
}
