package dev.warren.amqp;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.engine.Connection;

/** The properties in the open of either side (contract §1.3). Stateless. */
final class OpenProperties {
  private OpenProperties() {}

  /** What a client is told: the identity it may look for, and our own. */
  static Map<Symbol, Object> told(FrontContext context) {
    AmqpServerOptions.Identity identity = context.options().identity();
    Map<Symbol, Object> properties = new LinkedHashMap<>();
    properties.put(Symbol.valueOf("product"), identity.product());
    properties.put(Symbol.valueOf("version"), identity.version());
    properties.put(Symbol.valueOf("x-product"), identity.ownProduct());
    properties.put(Symbol.valueOf("x-version"), identity.ownVersion());
    properties.put(Symbol.valueOf("platform"), "Java " + Runtime.version().feature());
    properties.put(Symbol.valueOf("cluster_name"), context.broker().nodeName());
    properties.put(Symbol.valueOf("node"), context.broker().nodeName());
    return properties;
  }

  /** What a client told, as the operator is shown it. */
  static Map<String, Object> heard(Connection connection) {
    Map<String, Object> client = new LinkedHashMap<>();
    Map<Symbol, Object> told = connection.getRemoteProperties();
    if (told != null) {
      told.forEach(
          (key, value) ->
              client.put(
                  key.toString(),
                  value instanceof Number || value instanceof Boolean
                      ? value
                      : String.valueOf(value)));
    }
    return client;
  }
}
