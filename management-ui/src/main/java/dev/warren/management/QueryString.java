package dev.warren.management;

import java.util.HashMap;
import java.util.Map;

/** Parses what follows the question mark. Stateless. */
final class QueryString {
  private static final int PARAMETERS_MAX = 100;

  private QueryString() {}

  /**
   * The first value of each parameter.
   *
   * @throws ApiException 400 if an escape is broken or there are too many parameters
   */
  static Map<String, String> parse(String query) {
    Map<String, String> parameters = new HashMap<>();
    if (query.isEmpty()) {
      return parameters;
    }
    String[] parts = query.split("&", -1);
    if (parts.length > PARAMETERS_MAX) {
      throw ApiException.badRequest("too many query parameters");
    }
    for (String part : parts) {
      int equals = part.indexOf('=');
      String name = equals < 0 ? part : part.substring(0, equals);
      String value = equals < 0 ? "" : part.substring(equals + 1);
      parameters.putIfAbsent(decode(name), decode(value));
    }
    return parameters;
  }

  private static String decode(String text) {
    return PercentDecoder.decodeQuery(text)
        .orElseThrow(() -> ApiException.badRequest("the query is malformed"));
  }
}
