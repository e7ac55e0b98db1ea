package dev.warren.management;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.http.HttpMethod;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RoutesTest {
  private final Routes routes =
      new Routes()
          .get("/queues", Access.MANAGEMENT, request -> Reply.NO_CONTENT)
          .get("/queues/detailed", Access.MANAGEMENT, request -> Reply.NO_CONTENT)
          .get("/queues/{vhost}", Access.MANAGEMENT, request -> Reply.NO_CONTENT)
          .get("/queues/{vhost}/{queue}", Access.MANAGEMENT, request -> Reply.NO_CONTENT)
          .delete(
              "/connections/{connection}", Access.MANAGEMENT, request -> Reply.NO_CONTENT.now());

  @Test
  void decodesEachSegmentByItself() {
    assertThat(Routes.decode("queues/%2F/a%2Fb+c%20%C3%A9"))
        .contains(List.of("queues", "/", "a/b+c é"));
  }

  @Test
  void toleratesOneTrailingSlash() {
    assertThat(Routes.decode("queues/")).contains(List.of("queues"));
    assertThat(Routes.decode("queues//")).contains(List.of("queues", ""));
  }

  @Test
  void refusesBrokenEscapes() {
    for (String path : List.of("queues/%", "queues/%2", "queues/%zz", "queues/%ff", "a%C3")) {
      assertThat(Routes.decode(path)).as(path).isEmpty();
    }
  }

  @Test
  void refusesEndlessPaths() {
    assertThat(Routes.decode("a/".repeat(100))).isEmpty();
  }

  @Test
  void namesTheVariables() {
    assertThat(routes.find(HttpMethod.GET, List.of("queues", "/", "mail")))
        .isInstanceOfSatisfying(
            Routes.Match.Found.class,
            found ->
                assertThat(found.variables())
                    .containsEntry("vhost", "/")
                    .containsEntry("queue", "mail"));
  }

  @Test
  void prefersWhatWasAddedFirst() {
    assertThat(routes.find(HttpMethod.GET, List.of("queues", "detailed")))
        .isInstanceOfSatisfying(
            Routes.Match.Found.class, found -> assertThat(found.variables()).isEmpty());
  }

  @Test
  void answersHeadLikeGet() {
    assertThat(routes.find(HttpMethod.HEAD, List.of("queues")))
        .isInstanceOf(Routes.Match.Found.class);
  }

  @Test
  void tellsAWrongMethodFromAMissingPath() {
    assertThat(routes.find(HttpMethod.POST, List.of("queues")))
        .isEqualTo(new Routes.Match.WrongMethod("GET, HEAD, OPTIONS"));
    assertThat(routes.find(HttpMethod.GET, List.of("connections", "c")))
        .isEqualTo(new Routes.Match.WrongMethod("DELETE, OPTIONS"));
    assertThat(routes.find(HttpMethod.GET, List.of("nothing")))
        .isEqualTo(new Routes.Match.Missing());
  }
}
