package dev.warren.management;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.core.time.BrokerClock;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How many connections of HTTP there may be, and how long one may say nothing. */
class HttpConnectionsTest {
  private static final long HOUR_MS = 3_600_000;
  private static final int READ_LIMIT_MS = 10_000;

  private final Vertx vertx = Vertx.vertx();
  private final List<Socket> clients = new ArrayList<>();

  @AfterEach
  void close() throws IOException {
    for (Socket client : clients) {
      client.close();
    }
    RunningServer.await(vertx.close());
  }

  private HttpServer serve(HttpConnections connections) {
    HttpServer server =
        vertx
            .createHttpServer(new HttpServerOptions().setHttp2ClearTextEnabled(false))
            .connectionHandler(connections::opened)
            .requestHandler(
                http -> {
                  connections.asked(http.connection());
                  if (String.valueOf(http.path()).equals("/other")) {
                    connections.leaves(http);
                    var unused = http.toNetSocket();
                  } else {
                    var unused = http.response().end("yes");
                  }
                });
    RunningServer.await(server.listen(0, "127.0.0.1"));
    return server;
  }

  private HttpConnections limited(int max, int ofAddressMax, long firstRequestMs) {
    return new HttpConnections(
        vertx, new HttpConnections.Limits(max, ofAddressMax, firstRequestMs), BrokerClock.system());
  }

  /** Connects from 127.0.0.{@code host}. */
  private Socket connect(HttpServer server, int host) throws IOException {
    InetAddress broker = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    InetAddress local = InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) host});
    Socket client = new Socket(broker, server.actualPort(), local, 0);
    client.setSoTimeout(READ_LIMIT_MS);
    clients.add(client);
    return client;
  }

  /** What it gets at first: -1 if it is closed. */
  private static int ask(Socket client, String path, String more) throws IOException {
    String request = "GET " + path + " HTTP/1.1\r\nhost: localhost\r\n" + more + "\r\n";
    client.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    return client.getInputStream().read();
  }

  @Test
  void oneTooManyOfAnAddressIsClosedAndAnotherAddressServed() throws IOException {
    HttpConnections connections = limited(10, 2, HOUR_MS);
    HttpServer server = serve(connections);
    assertThat(ask(connect(server, 1), "/", "")).isEqualTo('H');
    assertThat(ask(connect(server, 1), "/", "")).isEqualTo('H');

    assertThat(connect(server, 1).getInputStream().read()).isEqualTo(-1);
    assertThat(ask(connect(server, 2), "/", "")).isEqualTo('H');
  }

  @Test
  void oneTooManyOfAllIsClosedUntilAnotherGoes() throws IOException {
    HttpConnections connections = limited(2, 10, HOUR_MS);
    HttpServer server = serve(connections);
    Socket first = connect(server, 1);
    assertThat(ask(first, "/", "")).isEqualTo('H');
    assertThat(ask(connect(server, 2), "/", "")).isEqualTo('H');
    assertThat(connect(server, 3).getInputStream().read()).isEqualTo(-1);

    first.close();
    Awaitility.await().until(() -> connections.count() == 1);
    assertThat(ask(connect(server, 3), "/", "")).isEqualTo('H');
  }

  @Test
  void whoNeverAsksIsClosed() throws IOException {
    HttpConnections connections = limited(10, 10, 50);
    HttpServer server = serve(connections);
    Socket silent = connect(server, 1);

    assertThat(silent.getInputStream().read()).isEqualTo(-1);
    Awaitility.await().until(() -> connections.count() == 0);
  }

  @Test
  void anotherProtocolIsNotCountedAnyMore() throws IOException {
    HttpConnections connections = limited(10, 10, HOUR_MS);
    HttpServer server = serve(connections);
    Socket client = connect(server, 1);
    int answer = ask(client, "/other", "connection: upgrade\r\nupgrade: other\r\n");

    assertThat(answer).isEqualTo('H');
    assertThat(connections.count()).isZero();
  }
}
