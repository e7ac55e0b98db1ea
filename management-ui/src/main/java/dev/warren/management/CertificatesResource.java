package dev.warren.management;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.core.broker.AuditTrail;
import dev.warren.core.broker.ListenerCertificates;
import dev.warren.core.broker.ListenerCertificates.CertificateFile;
import dev.warren.core.broker.ListenerCertificates.Validity;
import dev.warren.core.broker.Management;
import dev.warren.core.broker.Management.ListenerInfo;
import dev.warren.core.time.BrokerClock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Certificates of the listeners: {@code /certificates}, reading them again, and the health checks
 * of their validity (contract §11.8).
 */
final class CertificatesResource {
  private static final Logger LOG = LoggerFactory.getLogger(CertificatesResource.class);
  private static final double DAY_MS = 86_400_000;
  private static final Map<String, Double> UNITS =
      Map.of(
          "days", DAY_MS, "weeks", 7 * DAY_MS, "months", 365 * DAY_MS / 12, "years", 365 * DAY_MS);

  /** As RabbitMQ writes it here. */
  private static final DateTimeFormatter EXPIRY =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final Management management;
  private final AuditTrail audit;
  private final BrokerClock clock;
  private volatile Supplier<Optional<String>> reload = Optional::empty;

  CertificatesResource(Management management, AuditTrail audit, BrokerClock clock) {
    this.management = management;
    this.audit = audit;
    this.clock = clock;
  }

  void addTo(Routes routes) {
    routes
        .get(
            "/health/checks/certificate-expiration/{within}/{unit}",
            Access.MANAGEMENT,
            this::expiration)
        .get("/health/checks/certificate-files", Access.MANAGEMENT, request -> files())
        .get("/certificates", Access.MONITORING, request -> Reply.ok(list()))
        .post("/certificates/reload", Access.ADMINISTRATOR, this::reload);
  }

  /** What reads the files again; answers what is wrong with them. */
  void onReload(Supplier<Optional<String>> action) {
    reload = action;
  }

  private CompletionStage<Reply> reload(Request request) {
    LOG.info("Certificates are read again for the operator by={}", request.user().name());
    Optional<String> trouble = reload.get();
    audit.changed(
        request.actor(),
        "certificates.reloaded",
        "",
        "",
        Map.of(),
        Map.of("trouble", trouble.orElse("none")));
    if (trouble.isPresent()) {
      throw ApiException.badRequest(trouble.get());
    }
    return CompletableFuture.completedFuture(Reply.ok(list()));
  }

  /** Every listener that speaks TLS with the files it uses. */
  private ArrayNode list() {
    ArrayNode array = JsonViews.array();
    for (ListenerInfo listener : management.listeners()) {
      if (listener.certificates().isPresent()) {
        ListenerCertificates certificates = listener.certificates().get();
        ObjectNode view = listener(array.addObject(), listener);
        certificates.trouble().ifPresent(trouble -> view.put("trouble", trouble));
        ArrayNode files = view.putArray("files");
        certificates.files().forEach(file -> file(files.addObject(), file));
      }
    }
    return array;
  }

  private ObjectNode listener(ObjectNode view, ListenerInfo listener) {
    return view.put("node", management.node().name())
        .put("protocol", HealthResource.protocol(listener))
        .put("interface", listener.host())
        .put("port", listener.port());
  }

  private static void file(ObjectNode view, CertificateFile file) {
    view.put("path", file.path());
    view.put("authority", file.isAuthority());
    ArrayNode certificates = view.putArray("certificates");
    for (Validity validity : file.certificates()) {
      ObjectNode certificate = certificates.addObject();
      certificate.put("subject", validity.subject());
      validity.names().forEach(certificate.putArray("names")::add);
      certificate.put("valid_from", date(validity.validFromMs()));
      certificate.put("valid_to", date(validity.validToMs()));
    }
  }

  /** Whether what is in use is what is in the files. */
  private Reply files() {
    ArrayNode troubled = JsonViews.array();
    for (ListenerInfo listener : management.listeners()) {
      listener
          .certificates()
          .flatMap(ListenerCertificates::trouble)
          .ifPresent(trouble -> listener(troubled.addObject(), listener).put("trouble", trouble));
    }
    return troubled.isEmpty()
        ? Reply.ok(HealthResource.ok())
        : Reply.unavailable(
            HealthResource.failed("Certificates could not be read again; earlier ones are in use")
                .set("listeners", troubled));
  }

  private Reply expiration(Request request) {
    long deadlineMs = deadlineMs(request.variable("within"), request.variable("unit"));
    ArrayNode expired = JsonViews.array();
    for (ListenerInfo listener : management.listeners()) {
      if (listener.certificates().isPresent()) {
        addExpiring(expired, listener, listener.certificates().get(), deadlineMs);
      }
    }
    return expired.isEmpty()
        ? Reply.ok(HealthResource.ok())
        : Reply.unavailable(HealthResource.failed("Certificates expiring").set("expired", expired));
  }

  private long deadlineMs(String within, String unit) {
    Double factor = UNITS.get(unit.toLowerCase(Locale.ROOT));
    if (factor == null) {
      throw ApiException.badRequest(
          "Time unit not recognised. Supported units: days, weeks, months, years.");
    }
    try {
      // Beyond any date a certificate can have; a product of doubles does not overflow.
      return clock.epochMs() + (long) Math.min(Integer.parseInt(within) * factor, 1e16);
    } catch (NumberFormatException e) {
      throw ApiException.badRequest("Invalid expiration value.");
    }
  }

  private void addExpiring(
      ArrayNode expired, ListenerInfo listener, ListenerCertificates shown, long deadlineMs) {
    List<String> paths = new ArrayList<>();
    List<String> authorities = new ArrayList<>();
    ArrayNode expiring = JsonViews.array();
    ArrayNode authoritiesExpiring = JsonViews.array();
    for (CertificateFile file : shown.files()) {
      (file.isAuthority() ? authorities : paths).add(file.path());
      for (Validity validity : file.certificates()) {
        if (validity.validToMs() < deadlineMs) {
          (file.isAuthority() ? authoritiesExpiring : expiring).add(date(validity.validToMs()));
        }
      }
    }
    if (!expiring.isEmpty() || !authoritiesExpiring.isEmpty()) {
      ObjectNode view = listener(expired.addObject(), listener);
      view.put("certfile", String.join(", ", paths));
      view.put("cacertfile", String.join(", ", authorities));
      view.set("certfile_expires_on", expiring);
      view.set("cacertfile_expires_on", authoritiesExpiring);
    }
  }

  /**
   * What somebody should do something about: certificates that end within a month, and files that
   * could not be read again. As {@code [{protocol, port, subject, valid_to}]}, with {@code trouble}
   * instead of the last two.
   */
  ArrayNode warnings() {
    ArrayNode warnings = JsonViews.array();
    long deadlineMs = clock.epochMs() + (long) (30 * DAY_MS);
    for (ListenerInfo listener : management.listeners()) {
      listener
          .certificates()
          .ifPresent(certificates -> addWarnings(warnings, listener, certificates, deadlineMs));
    }
    return warnings;
  }

  private void addWarnings(
      ArrayNode warnings, ListenerInfo listener, ListenerCertificates shown, long deadlineMs) {
    // Not the text itself, which names files.
    if (shown.trouble().isPresent()) {
      listener(warnings.addObject(), listener).put("trouble", true);
    }
    for (CertificateFile file : shown.files()) {
      for (Validity validity : file.certificates()) {
        if (validity.validToMs() < deadlineMs) {
          listener(warnings.addObject(), listener)
              .put("subject", validity.subject())
              .put("valid_to", date(validity.validToMs()))
              .put("expired", validity.validToMs() < clock.epochMs());
        }
      }
    }
  }

  private static String date(long epochMs) {
    return EXPIRY.format(Instant.ofEpochMilli(epochMs));
  }
}
