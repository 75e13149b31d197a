package dev.manabi.bench.command;

import dev.manabi.bench.training.Workload;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Which trainings are timed. */
final class Workloads {
  @Option(
      names = "--model",
      paramLabel = "NAME",
      split = ",",
      description = "M1, M2, M4, M5, M6 or ResNet18, or the model's class (all)",
      converter = WorkloadConverter.class)
  private @Nullable List<Workload> models;

  List<Workload> chosen() {
    return models == null ? List.of(Workload.values()) : models;
  }

  /** A workload by its name. */
  static final class WorkloadConverter implements ITypeConverter<Workload> {
    @Override
    public Workload convert(String name) {
      try {
        return Workload.named(name);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }
}
