package dev.manabi.examples.train;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.manabi.tensor.error.FormatException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.json.JsonMapper;

/** The records of a run as JSON and back. Doubles come back as exactly the same numbers. */
public final class Json {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
          .changeDefaultPropertyInclusion(
              inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_NULL))
          .build();

  private Json() {}

  /** One line of JSON; components that are null are left out. */
  public static String write(Record value) {
    return MAPPER.writeValueAsString(value);
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @param source the file it comes from, for the message
   * @throws FormatException if it does not fit
   */
  public static <T extends Record> T read(String source, String json, Class<T> type) {
    try {
      T value = MAPPER.readValue(json, type);
      if (value != null) {
        return value;
      }
    } catch (JacksonException e) {
      throw new FormatException(source, name(type), e.getOriginalMessage());
    }
    throw new FormatException(source, name(type), "null");
  }

  private static String name(Class<?> type) {
    return "the JSON of " + type.getSimpleName();
  }
}
