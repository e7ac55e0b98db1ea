package dev.warren.management;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.core.broker.Management;
import dev.warren.core.broker.Management.BindingInfo;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.TreeMap;

/** Bindings: {@code /bindings}, {@code /bindings/{vhost}}, and lists for other resources. */
final class BindingsResource {
  private static final int HASH_BYTES = 12;

  private final Management management;

  BindingsResource(Management management) {
    this.management = management;
  }

  void addTo(Routes routes) {
    routes
        .get("/bindings", Access.MANAGEMENT, this::list)
        .get("/bindings/{vhost}", Access.MANAGEMENT, this::list);
  }

  private Reply list(Request request) {
    return reply(
        request, management.bindings(VirtualHostsResource.scope(management, request).orElse(null)));
  }

  /** These bindings as the list the request asks for; {@code name} looks at both ends. */
  Reply reply(Request request, List<BindingInfo> bindings) {
    return Pagination.of(request)
        .reply(
            new Pagination.Listing<>(
                bindings,
                binding -> binding.source() + " " + binding.destination(),
                BindingsResource::view));
  }

  private static ObjectNode view(BindingInfo binding) {
    ObjectNode view = JsonViews.object();
    view.put("source", binding.source());
    view.put("vhost", binding.virtualHost());
    view.put("destination", binding.destination());
    view.put("destination_type", binding.toQueue() ? "queue" : "exchange");
    view.put("routing_key", binding.bindingKey());
    view.set("arguments", JsonViews.map(binding.arguments()));
    view.put("properties_key", propertiesKey(binding));
    return view;
  }

  /**
   * What tells bindings between the same two ends apart in a path (contract §11.5): the key, quoted
   * so that it has no {@code ~} of its own, and a hash of the arguments if there are any.
   */
  static String propertiesKey(BindingInfo binding) {
    String key =
        URLEncoder.encode(binding.bindingKey(), StandardCharsets.UTF_8).replace("~", "%7E");
    if (binding.arguments().isEmpty()) {
      return key.isEmpty() ? "~" : key;
    }
    // Sorted, so that equal arguments have equal hashes.
    String arguments = JsonViews.map(new TreeMap<>(binding.arguments())).toString();
    return key + "~" + hash(arguments);
  }

  private static String hash(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      byte[] start = java.util.Arrays.copyOf(digest, HASH_BYTES);
      return Base64.getUrlEncoder().withoutPadding().encodeToString(start);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
