package dev.warren.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** What can be listed: where it is, what is shown of it, and what else it has. */
enum Listing {
  /** Queues. */
  QUEUES(
      "/queues",
      "/queues/{vhost}",
      "vhost,name,type,state,messages_ready,messages_unacknowledged,consumers",
      "durable,auto_delete,exclusive,arguments,paused,node,policy,messages,message_bytes,"
          + "message_bytes_ready,message_bytes_unacknowledged,messages_ram,message_bytes_ram,memory,"
          + "messages_dead_lettered,messages_expired,messages_details,messages_ready_details,"
          + "messages_unacknowledged_details,message_stats"),
  /** Exchanges. */
  EXCHANGES(
      "/exchanges",
      "/exchanges/{vhost}",
      "vhost,name,type,durable,auto_delete,internal",
      "arguments,policy,message_stats"),
  /** Bindings. */
  BINDINGS(
      "/bindings",
      "/bindings/{vhost}",
      "vhost,source,destination_type,destination,routing_key,arguments",
      "properties_key,matched"),
  /** Connections. */
  CONNECTIONS(
      "/connections",
      "/vhosts/{vhost}/connections",
      "name,user,vhost,state,channels,recv_oct,send_oct,connected_at",
      "container_id,auth_mechanism,channel_max,frame_max,host,port,peer_host,peer_port,protocol,"
          + "ssl,timeout,type,node,client_properties,message_stats,traced"),
  /** Sessions of connections. */
  SESSIONS(
      "/connections",
      "/vhosts/{vhost}/connections",
      "connection,channel_number,incoming_links,outgoing_links,incoming_window,"
          + "remote_incoming_window",
      "user,vhost,handle_max,next_incoming_id,next_outgoing_id,remote_outgoing_window,"
          + "message_stats"),
  /** Links of sessions. */
  LINKS(
      "/connections",
      "/vhosts/{vhost}/connections",
      "connection,channel_number,direction,link_name,address,credit,delivery_count,unsettled",
      "user,vhost,handle,queue_name,filter,source_address,target_address,snd_settle_mode,"
          + "send_settled,max_message_size,unconfirmed_messages,message_stats"),
  /** Consumers. */
  CONSUMERS(
      "/consumers",
      "/consumers/{vhost}",
      "queue.vhost,queue.name,consumer_tag,ack_required,prefetch_count,messages_unacknowledged,"
          + "channel_details.user",
      "active,activity_status,exclusive,arguments,consumer_timeout"),
  /** Users. */
  USERS("/users", "", "name,tags", "limits,declared_in_file,password_hash,hashing_algorithm"),
  /** Virtual hosts. */
  VHOSTS(
      "/vhosts",
      "",
      "name,description,default_queue_type,messages",
      "tags,protected_from_deletion,tracing,metadata,cluster_state,messages_ready,"
          + "messages_unacknowledged"),
  /** Permissions. */
  PERMISSIONS("/permissions", "/vhosts/{vhost}/permissions", "vhost,user,configure,write,read", ""),
  /** Topic permissions. */
  TOPIC_PERMISSIONS(
      "/topic-permissions",
      "/vhosts/{vhost}/topic-permissions",
      "vhost,user,exchange,write,read",
      ""),
  /** Limits of virtual hosts. */
  VHOST_LIMITS("/vhost-limits", "/vhost-limits/{vhost}", "vhost,value", ""),
  /** Limits of users. */
  USER_LIMITS("/user-limits", "", "user,value", ""),
  /** Changes of queues under way or done. */
  MENDINGS(
      "/mendings",
      "",
      "id,vhost,queue,action,state,scanned,mended,skipped,user,started_at",
      "to,ended_at,failed,skipped_because,waits_because"),
  /** Messages no queue got. */
  UNROUTABLE(
      "/unroutable",
      "/unroutable/{vhost}",
      "at,vhost,exchange,routing_key,reason,user",
      "queue,settled"),
  /** Bindings no message was routed by. */
  IDLE_BINDINGS(
      "/bindings?never_matched=true",
      "/bindings/{vhost}?never_matched=true",
      "vhost,source,destination_type,destination,routing_key,arguments",
      "properties_key,matched"),
  /** What was changed and refused, newest first. */
  AUDIT(
      "/audit",
      "/audit?vhost={vhost}",
      "timestamp,event,vhost,name,user,address,refusal",
      "by,before,after");

  private final String path;
  private final String pathInHost;
  private final String columns;
  private final String others;

  Listing(String path, String pathInHost, String columns, String others) {
    this.path = path;
    this.pathInHost = pathInHost;
    this.columns = columns;
    this.others = others;
  }

  /** As it is typed. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** What is shown of each. */
  List<String> columns() {
    return BrokerCommand.words(columns);
  }

  /** Names of what may be shown besides. */
  List<String> others() {
    return others.isEmpty() ? List.of() : BrokerCommand.words(others);
  }

  /** Whether each belongs to a virtual host. */
  boolean isInHost() {
    return this == MENDINGS || !pathInHost.isEmpty();
  }

  /** All of them, or those of a virtual host. */
  List<JsonNode> of(Api api, Optional<String> host) {
    String where =
        host.isPresent() && !pathInHost.isEmpty()
            ? pathInHost.replace("{vhost}", Api.encoded(host.get()))
            : path;
    List<JsonNode> found = new ArrayList<>();
    for (JsonNode one : api.get(where)) {
      if (this == SESSIONS || this == LINKS) {
        sessions(api, one, found);
      } else if (this != MENDINGS || host.map(one.path("vhost").asText()::equals).orElse(true)) {
        found.add(one);
      }
    }
    return found;
  }

  private void sessions(Api api, JsonNode connection, List<JsonNode> found) {
    String name = connection.path("name").asText();
    // It may have been closed meanwhile.
    Optional<JsonNode> sessions = api.find("/connections/" + Api.encoded(name) + "/sessions");
    for (JsonNode session : sessions.orElse(MissingNode.getInstance())) {
      if (this == SESSIONS) {
        found.add(told(session, connection));
        continue;
      }
      for (String direction : List.of("incoming", "outgoing")) {
        for (JsonNode link : session.path(direction + "_links")) {
          ObjectNode shown = told(link, connection);
          boolean isIncoming = direction.equals("incoming");
          shown.set("channel_number", session.path("channel_number"));
          shown.put("direction", direction);
          shown.set("address", link.path(isIncoming ? "target_address" : "source_address"));
          shown.set("unsettled", link.path(isIncoming ? "unconfirmed_messages" : "unsettled"));
          found.add(shown);
        }
      }
    }
  }

  /** What a broker says of it, and whose it is. */
  private static ObjectNode told(JsonNode one, JsonNode connection) {
    ObjectNode shown = one.deepCopy();
    shown.set("connection", connection.path("name"));
    shown.set("user", connection.path("user"));
    shown.set("vhost", connection.path("vhost"));
    return shown;
  }

  /** Kinds as they are typed. */
  static final class Names implements Iterable<String>, ITypeConverter<Listing> {
    @Override
    public Iterator<String> iterator() {
      return Arrays.stream(values()).map(Listing::toString).iterator();
    }

    @Override
    public Listing convert(String text) {
      for (Listing kind : values()) {
        if (kind.toString().equals(text)) {
          return kind;
        }
      }
      throw new TypeConversionException(
          "'%s' is not one of %s".formatted(text, String.join(", ", this)));
    }
  }
}
