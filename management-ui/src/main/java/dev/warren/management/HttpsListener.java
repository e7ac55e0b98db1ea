package dev.warren.management;

import io.vertx.core.net.NetServerOptions;
import java.util.function.Consumer;

/**
 * The port with TLS. Immutable.
 *
 * @param port TCP port; 0 takes a free one
 * @param only whether the port without TLS stays closed
 * @param tls says how TLS is spoken
 */
public record HttpsListener(int port, boolean only, Consumer<NetServerOptions> tls) {}
