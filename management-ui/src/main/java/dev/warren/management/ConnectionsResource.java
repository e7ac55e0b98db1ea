package dev.warren.management;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.core.broker.AuditTrail;
import dev.warren.core.broker.ConnectionView;
import dev.warren.core.broker.Connections;
import dev.warren.core.broker.Management;
import dev.warren.core.broker.TlsSession;
import dev.warren.core.security.Identity;
import dev.warren.management.RateSampler.ConnectionFigure;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connections: {@code /connections}, {@code /connections/{name}}, and closing one. A user who is
 * neither administrator nor monitoring sees their own only.
 */
final class ConnectionsResource {
  private static final Logger LOG = LoggerFactory.getLogger(ConnectionsResource.class);
  private static final String REASON_DEFAULT = "Closed via management plugin";
  private static final int REASON_LENGTH_MAX = 255;
  private static final int TRACED_PAYLOAD_BYTES_MAX = 4_096;

  private final Management management;
  private final Connections connections;
  private final AuditTrail audit;
  private final RateSampler sampler;
  private final JsonViews views;

  ConnectionsResource(ManagedBroker broker, RateSampler sampler, JsonViews views) {
    this.management = broker.management();
    this.connections = broker.connections();
    this.audit = broker.access().audit();
    this.sampler = sampler;
    this.views = views;
  }

  void addTo(Routes routes) {
    routes
        .get("/connections", Access.MANAGEMENT, this::list)
        .get("/connections/username/{user}", Access.ADMINISTRATOR, this::ofUser)
        .delete("/connections/username/{user}", Access.ADMINISTRATOR, this::closeOfUser)
        .get("/connections/{connection}", Access.MANAGEMENT, this::one)
        .delete("/connections/{connection}", Access.MANAGEMENT, this::close)
        .getLater("/connections/{connection}/sessions", Access.MANAGEMENT, this::sessions)
        .get("/connections/{connection}/channels", Access.MANAGEMENT, this::channels)
        .get("/connections/{connection}/trace", Access.MONITORING, this::showTrace)
        .put("/connections/{connection}/trace", Access.ADMINISTRATOR, this::startTrace)
        .delete("/connections/{connection}/trace", Access.ADMINISTRATOR, this::stopTrace)
        .get("/vhosts/{vhost}/connections", Access.MANAGEMENT, this::list);
  }

  private Reply list(Request request) {
    Optional<String> virtualHost = VirtualHostScope.of(management, request);
    return list(
        request,
        connection ->
            virtualHost.isEmpty() || virtualHost.get().equals(connection.details().virtualHost()));
  }

  private Reply ofUser(Request request) {
    return list(request, isOf(request.variable("user")));
  }

  private static Predicate<ConnectionView> isOf(String user) {
    return connection -> connection.details().user().equals(user);
  }

  private Reply list(Request request, Predicate<ConnectionView> wanted) {
    List<ConnectionView> visible =
        connections.all().stream()
            .filter(connection -> maySee(request.user(), connection))
            .filter(wanted)
            .sorted(Comparator.comparingLong(ConnectionView::id))
            .toList();
    Optional<SampleRange> range = SampleRange.of(request, "data_rates");
    String node = management.node().name();
    return Pagination.of(request)
        .reply(
            new Pagination.Listing<>(
                visible,
                connection -> connection.details().name(),
                connection -> view(connection, node, range)));
  }

  private Reply one(Request request) {
    return Reply.ok(
        Columns.of(request)
            .of(
                view(
                    find(request),
                    management.node().name(),
                    SampleRange.of(request, "data_rates"))));
  }

  private CompletionStage<Reply> sessions(Request request) {
    return find(request).sessionViews().thenApply(all -> Reply.ok(SessionsResource.view(all)));
  }

  /** There are none in AMQP 1.0. */
  private Reply channels(Request request) {
    find(request);
    return Reply.ok(JsonViews.array());
  }

  private CompletionStage<Reply> close(Request request) {
    ConnectionView connection = find(request);
    Identity user = request.user();
    if (!Access.ADMINISTRATOR.isGrantedTo(user)
        && !connection.details().user().equals(user.name())) {
      throw ApiException.notAuthorized("Only administrators close connections of others");
    }
    close(request, connection);
    return Reply.NO_CONTENT.now();
  }

  private CompletionStage<Reply> closeOfUser(Request request) {
    connections.all().stream()
        .filter(isOf(request.variable("user")))
        .forEach(connection -> close(request, connection));
    return Reply.NO_CONTENT.now();
  }

  private void close(Request request, ConnectionView connection) {
    String asked =
        request.header("x-reason").filter(text -> !text.isBlank()).orElse(REASON_DEFAULT);
    String reason =
        asked.length() > REASON_LENGTH_MAX ? asked.substring(0, REASON_LENGTH_MAX) : asked;
    ConnectionView.Details details = connection.details();
    LOG.info(
        "Closing a connection for the operator name={} by={} reason={}",
        details.name(),
        request.user().name(),
        reason);
    audit.changed(
        request.actor(),
        "connection.closed",
        details.virtualHost(),
        details.name(),
        Map.of("user", details.user()),
        Map.of("reason", reason));
    connection.close(reason);
  }

  private Reply showTrace(Request request) {
    ConnectionView.Trace trace = find(request).trace();
    ObjectNode view = JsonViews.object();
    view.put("enabled", trace.enabled()).put("payload_bytes", trace.payloadBytes());
    return Reply.ok(view);
  }

  private CompletionStage<Reply> startTrace(Request request) {
    return trace(request, new ConnectionView.Trace(true, payloadBytes(request)));
  }

  private CompletionStage<Reply> stopTrace(Request request) {
    return trace(request, ConnectionView.Trace.OFF);
  }

  private CompletionStage<Reply> trace(Request request, ConnectionView.Trace wanted) {
    ConnectionView connection = find(request);
    LOG.info(
        "Tracing frames name={} enabled={} payload_bytes={} by={}",
        connection.details().name(),
        wanted.enabled(),
        wanted.payloadBytes(),
        request.user().name());
    audit.changed(
        request.actor(),
        "connection.traced",
        connection.details().virtualHost(),
        connection.details().name(),
        traced(connection.trace()),
        traced(wanted));
    connection.trace(wanted);
    return Reply.NO_CONTENT.now();
  }

  private static Map<String, Object> traced(ConnectionView.Trace trace) {
    return Map.of("enabled", trace.enabled(), "payload_bytes", trace.payloadBytes());
  }

  private static int payloadBytes(Request request) {
    String text = request.parameter("payload_bytes").orElse("0");
    try {
      int bytes = Integer.parseInt(text);
      if (bytes >= 0 && bytes <= TRACED_PAYLOAD_BYTES_MAX) {
        return bytes;
      }
    } catch (NumberFormatException e) {
      // Told below, like a number out of range.
    }
    throw ApiException.badRequest(
        "payload_bytes must be a number from 0 to " + TRACED_PAYLOAD_BYTES_MAX);
  }

  private ConnectionView find(Request request) {
    String name = request.variable("connection");
    return connections.all().stream()
        .filter(connection -> connection.details().name().equals(name))
        .filter(connection -> maySee(request.user(), connection))
        .findFirst()
        .orElseThrow(() -> ApiException.objectNotFound("no connection '" + name + "'"));
  }

  private static boolean maySee(Identity user, ConnectionView connection) {
    return Access.MONITORING.isGrantedTo(user) || connection.details().user().equals(user.name());
  }

  private ObjectNode view(ConnectionView connection, String node, Optional<SampleRange> range) {
    ConnectionView.Details details = connection.details();
    ObjectNode view = JsonViews.object();
    view.put("name", details.name());
    view.put("node", node);
    view.put("type", "network");
    view.put("protocol", details.protocol());
    view.put("user", details.user());
    view.put("user_who_performed_action", details.user());
    view.put("vhost", details.virtualHost());
    view.put("state", connection.isBlocked() ? "blocked" : "running");
    view.put("channels", connection.sessions());
    view.put("channel_max", details.channelMax());
    view.put("frame_max", details.maxFrameSize());
    view.put("timeout", details.idleTimeoutMs() / 1_000);
    view.put("container_id", details.containerId());
    view.put("host", details.local().host());
    view.put("port", details.local().port());
    view.put("peer_host", details.peer().host());
    view.put("peer_port", details.peer().port());
    view.put("traced", connection.trace().enabled());
    tls(view, connection.tls());
    view.put("auth_mechanism", details.authMechanism());
    view.set("client_properties", JsonViews.map(details.clientProperties()));
    view.put("connected_at", details.connectedAtMs());
    History history = sampler.connection(connection.id());
    view.put("recv_oct", connection.receivedOctets());
    views.details(view, "recv_oct", history, range, ConnectionFigure.RECEIVED);
    view.put("send_oct", connection.sentOctets());
    views.details(view, "send_oct", history, range, ConnectionFigure.SENT);
    view.put("recv_cnt", connection.frames().received());
    views.details(view, "recv_cnt", history, range, ConnectionFigure.RECEIVED_FRAMES);
    view.put("send_cnt", connection.frames().sent());
    views.details(view, "send_cnt", history, range, ConnectionFigure.SENT_FRAMES);
    view.set("message_stats", views.connectionStats(history, range));
    return view;
  }

  private static void tls(ObjectNode view, Optional<TlsSession> tls) {
    view.put("ssl", tls.isPresent());
    tls.ifPresent(
        session -> {
          view.put("ssl_protocol", session.protocol());
          view.put("ssl_cipher", session.cipher());
          session
              .peer()
              .ifPresent(
                  peer -> {
                    view.put("peer_cert_subject", peer.subject());
                    view.put("peer_cert_issuer", peer.issuer());
                    view.put(
                        "peer_cert_validity",
                        Instant.ofEpochMilli(peer.validFromMs())
                            + " - "
                            + Instant.ofEpochMilli(peer.validToMs()));
                  });
        });
  }
}
