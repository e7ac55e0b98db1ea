package dev.warren.amqp.management;

import dev.warren.core.broker.BrokerError;
import dev.warren.core.broker.BrokerException;
import dev.warren.core.message.AmqpWriter;
import dev.warren.core.routing.Binding;
import dev.warren.core.routing.Destination;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The path segment that names one binding (contract §4.5): {@code src=x;dstq=q;key=k;args=h}, or
 * {@code dste} for an exchange. Immutable.
 *
 * @param argumentsHash of the arguments, empty if there are none
 */
record BindingLocation(String source, Destination destination, String key, String argumentsHash) {
  private static final Pattern SEGMENT =
      Pattern.compile(
          "src=([0-9A-Za-z\\-._~%]*);dst([eq])=([0-9A-Za-z\\-._~%]*);key=([0-9A-Za-z\\-._~%]*);"
              + "args=([0-9A-Za-z_\\-]*)");

  /** Octets of the hash that are kept: 12 characters, too many for an accidental collision. */
  private static final int HASH_BYTES = 9;

  static BindingLocation of(Binding binding) {
    return new BindingLocation(
        binding.source(), binding.destination(), binding.bindingKey(), hash(binding));
  }

  /**
   * Reads a segment that was not decoded.
   *
   * @throws BrokerException with {@code INVALID}
   */
  static BindingLocation parse(String segment) {
    Matcher matcher = SEGMENT.matcher(segment);
    if (!matcher.matches()) {
      throw new BrokerException(
          BrokerError.INVALID,
          "bad binding path segment '" + segment + "': src=…;dstq=…;key=…;args=… was expected");
    }
    String destination = PercentEncoding.decode(matcher.group(3));
    return new BindingLocation(
        PercentEncoding.decode(matcher.group(1)),
        matcher.group(2).equals("q")
            ? Destination.queue(destination)
            : Destination.exchange(destination),
        PercentEncoding.decode(matcher.group(4)),
        matcher.group(5));
  }

  boolean names(Binding binding) {
    return binding.source().equals(source)
        && binding.destination().equals(destination)
        && binding.bindingKey().equals(key)
        && hash(binding).equals(argumentsHash);
  }

  /** The path: {@code /bindings/} and the segment. */
  String path() {
    String kind = destination instanceof Destination.QueueName ? "q" : "e";
    return "/bindings/src="
        + PercentEncoding.encode(source)
        + ";dst"
        + kind
        + "="
        + PercentEncoding.encode(destination.name())
        + ";key="
        + PercentEncoding.encode(key)
        + ";args="
        + argumentsHash;
  }

  /** The arguments are sorted already, and integers have one width. */
  private static String hash(Binding binding) {
    if (binding.arguments().isEmpty()) {
      return "";
    }
    byte[] encoded = new AmqpWriter().writeValue(binding.arguments()).toByteArray();
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(encoded);
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString(Arrays.copyOf(digest, HASH_BYTES));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
