package dev.warren.management;

import io.vertx.core.http.HttpMethod;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/**
 * One line of the API: a method and a path template such as {@code /queues/{vhost}/{queue}}.
 *
 * @param template below {@code /api}
 */
record Route(HttpMethod method, String template, Access access, Handler handler) {

  /** Answers a request, perhaps later. Called on the management worker. */
  interface Handler {
    /**
     * Answers.
     *
     * @return fails with an {@link ApiException} or whatever {@link ApiException#of} knows, on any
     *     thread
     * @throws ApiException to refuse at once
     */
    CompletionStage<Reply> handle(Request request);
  }

  /** Answers at once. Called on the management worker. */
  interface Lookup {
    /**
     * Answers.
     *
     * @throws ApiException to refuse
     */
    Reply handle(Request request);
  }

  /** The template's segments. */
  List<String> segments() {
    return List.of(template.substring(1).split("/"));
  }

  /** Whether the decoded segments are of this template; puts the variables into the map if so. */
  static boolean matches(List<String> template, List<String> path, Map<String, String> variables) {
    if (template.size() != path.size()) {
      return false;
    }
    for (int i = 0; i < template.size(); i++) {
      if (!isVariable(template.get(i)) && !template.get(i).equals(path.get(i))) {
        return false;
      }
    }
    for (int i = 0; i < template.size(); i++) {
      String segment = template.get(i);
      if (isVariable(segment)) {
        variables.put(segment.substring(1, segment.length() - 1), path.get(i));
      }
    }
    return true;
  }

  private static boolean isVariable(String segment) {
    return segment.startsWith("{");
  }
}
