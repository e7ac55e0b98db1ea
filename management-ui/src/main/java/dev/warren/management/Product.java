package dev.warren.management;

/**
 * What this broker calls itself in the API.
 *
 * @param name such as {@code Warren}
 * @param version of this build
 */
public record Product(String name, String version) {
  /**
   * The RabbitMQ version whose HTTP API this is. Tools of RabbitMQ switch features by it, so it is
   * told as {@code rabbitmq_version}.
   */
  public static final String API_VERSION = "4.2.0";
}
