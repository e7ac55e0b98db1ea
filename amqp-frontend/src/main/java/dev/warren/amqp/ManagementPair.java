package dev.warren.amqp;

import dev.warren.amqp.management.AccessRefusedException;
import dev.warren.amqp.management.ManagementNode;
import dev.warren.amqp.management.ManagementRequest;
import dev.warren.amqp.management.ManagementResponse;
import java.util.ArrayDeque;
import java.util.concurrent.CompletionException;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.engine.Link;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The two links with the management node that share a name, and the requests between them (contract
 * §4.1). Owned by the connection's loop.
 *
 * <p>One request is done at a time, so that each sees what the one before it did and the answers
 * come in their order. What may wait is bounded: a request is given credit only when fewer than
 * {@value #REQUESTS_MAX} are waiting, being done, or not yet answered on the wire.
 */
final class ManagementPair {
  /** Requests that may be on their way or waiting. */
  static final int REQUESTS_MAX = 8;

  private static final Logger LOG = LoggerFactory.getLogger(ManagementPair.class);
  private static final Symbol PAIRED = Symbol.valueOf("paired");

  private final SessionHandler session;
  private final ManagementNode node;
  private final ArrayDeque<ManagementRequest> waiting = new ArrayDeque<>();
  private @Nullable ManagementRequests requests;
  private @Nullable ManagementResponses responses;
  private boolean busy;

  ManagementPair(SessionHandler session) {
    this.session = session;
    ConnectionHandler connection = session.connection();
    node =
        new ManagementNode(
            new ManagementNode.Scope(
                connection.virtualHost(),
                connection.context().broker().nodeName(),
                connection.id(),
                connection.actor(),
                connection.access()),
            connection.login());
  }

  /** Why this end cannot be half of a pair, or null if it can. */
  static @Nullable ErrorCondition checkPaired(Link link) {
    boolean paired =
        link.getRemoteProperties() != null
            && Boolean.TRUE.equals(link.getRemoteProperties().get(PAIRED));
    return paired
        ? null
        : AmqpErrors.invalidField("a link to the management node needs the property paired=true");
  }

  /** The properties of the answer to an attach. */
  static java.util.Map<Symbol, Object> answerProperties() {
    return java.util.Map.of(PAIRED, true);
  }

  /** Why the terminus addresses of the two ends do not fit each other, or null if they do. */
  @Nullable ErrorCondition checkAddress(@Nullable String clientAddress) {
    String other =
        requests != null
            ? requests.clientAddress()
            : responses != null ? responses.clientAddress() : clientAddress;
    return java.util.Objects.equals(other, clientAddress)
        ? null
        : AmqpErrors.preconditionFailed(
            "the client's terminus addresses of a link pair differ: '"
                + other
                + "' and '"
                + clientAddress
                + "'");
  }

  void join(ManagementRequests end) {
    requests = end;
  }

  void join(ManagementResponses end) {
    responses = end;
  }

  /** The link for requests has gone. */
  void leave(ManagementRequests end) {
    if (requests == end) {
      requests = null;
      forgetIfOver();
    }
  }

  /** The link for responses has gone: nobody would hear of what is waiting. */
  void leave(ManagementResponses end) {
    if (responses == end) {
      responses = null;
      waiting.clear();
      forgetIfOver();
    }
  }

  private void forgetIfOver() {
    if (requests == null && responses == null) {
      session.forget(this);
    }
  }

  /** Requests that are not answered on the wire. */
  int outstanding() {
    return waiting.size() + (busy ? 1 : 0) + (responses == null ? 0 : responses.backlog());
  }

  /** A request has come. */
  void onRequest(ManagementRequest request) {
    ManagementResponses answers = responses;
    if (answers == null) {
      session.end(
          AmqpErrors.preconditionFailed("the link pair has no link for the response attached"));
    } else if (answers.credit() <= outstanding()) {
      session.end(AmqpErrors.preconditionFailed("no link credit for the response"));
    } else {
      waiting.add(request);
      next();
    }
  }

  private void next() {
    if (busy || waiting.isEmpty()) {
      return;
    }
    busy = true;
    ManagementRequest request = waiting.remove();
    ManagementResponses to = responses;
    var unused =
        node.handle(request)
            .whenComplete(
                (response, failure) ->
                    session
                        .connection()
                        .loop()
                        .loop()
                        .execute(() -> onAnswer(request, to, response, failure)));
  }

  private void onAnswer(
      ManagementRequest request,
      @Nullable ManagementResponses to,
      @Nullable ManagementResponse response,
      @Nullable Throwable failure) {
    busy = false;
    if (response != null) {
      // To the link that was there when it was asked, and to no later one.
      if (to != null && to == responses) {
        to.answer(response.encode(request.messageId()));
      }
      next();
      onRoom();
      return;
    }
    Throwable cause = failure instanceof CompletionException e ? e.getCause() : failure;
    if (cause instanceof AccessRefusedException refused) {
      session.end(AmqpErrors.unauthorized(String.valueOf(refused.getMessage())));
    } else {
      LOG.error("management request failed subject={}", request.subject(), cause);
      session.end(AmqpErrors.internal("the request failed"));
    }
  }

  /** More requests may be let in. */
  void onRoom() {
    if (requests != null) {
      requests.touch();
    }
  }
}
