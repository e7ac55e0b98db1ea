package dev.warren.server.oauth;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * Keys on a web server. It is not followed elsewhere, and is cut off when it takes too long or says
 * too much. Thread-safe.
 */
final class KeyServer implements KeySource {
  private final HttpClient client;
  private final HttpRequest request;
  private final long timeoutMs;

  KeyServer(URI address, OAuthOptions.KeyFetching options) {
    this.timeoutMs = options.timeoutMs();
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .connectTimeout(Duration.ofMillis(timeoutMs))
            .followRedirects(HttpClient.Redirect.NEVER)
            .version(HttpClient.Version.HTTP_1_1);
    options.certificateAuthorities().ifPresent(file -> builder.sslContext(trusting(file)));
    client = builder.build();
    request =
        HttpRequest.newBuilder(address)
            .timeout(Duration.ofMillis(timeoutMs))
            .header("accept", "application/jwk-set+json, application/json")
            .build();
  }

  private static SSLContext trusting(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      int index = 0;
      for (Certificate certificate :
          CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        store.setCertificateEntry("ca-" + index++, certificate);
      }
      if (index == 0) {
        throw new IllegalArgumentException(file + " holds no certificate");
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalArgumentException("cannot read certificates from " + file, e);
    }
  }

  @Override
  public CompletionStage<String> read() {
    CompletableFuture<HttpResponse<byte[]>> exchange =
        client.sendAsync(request, info -> new BoundedBody());
    CompletableFuture<String> result =
        exchange
            .thenApply(KeyServer::text)
            // The request's own time-out ends with the first octet of the body.
            .orTimeout(timeoutMs, TimeUnit.MILLISECONDS);
    var unused =
        result.whenComplete(
            (text, failure) -> {
              if (failure != null) {
                exchange.cancel(true);
              }
            });
    return result;
  }

  private static String text(HttpResponse<byte[]> response) {
    if (response.statusCode() != 200) {
      throw new IllegalStateException("the server of the keys answers " + response.statusCode());
    }
    return new String(response.body(), StandardCharsets.UTF_8);
  }

  /** A body of no more than {@link KeySource#BYTES_MAX}. */
  private static final class BoundedBody implements BodySubscriber<byte[]> {
    private final CompletableFuture<byte[]> body = new CompletableFuture<>();
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private Flow.@Nullable Subscription source;

    @Override
    public CompletionStage<byte[]> getBody() {
      return body;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      source = subscription;
      subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
      for (ByteBuffer buffer : buffers) {
        byte[] octets = new byte[buffer.remaining()];
        buffer.get(octets);
        if (received.size() + octets.length > BYTES_MAX) {
          if (source != null) {
            source.cancel();
          }
          body.completeExceptionally(
              new IllegalStateException("the keys are longer than " + BYTES_MAX + " bytes"));
          return;
        }
        received.writeBytes(octets);
      }
    }

    @Override
    public void onError(Throwable failure) {
      body.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
      body.complete(received.toByteArray());
    }
  }
}
