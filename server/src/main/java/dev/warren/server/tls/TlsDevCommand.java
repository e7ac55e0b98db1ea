package dev.warren.server.tls;

import dev.warren.server.tls.KeytoolAuthority.Issued;
import dev.warren.server.tls.KeytoolAuthority.Wish;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code warren tls-dev}: makes certificates for trying TLS, and says how to try them. */
@Command(
    name = "warren tls-dev",
    description =
        "Makes a throw-away authority, a certificate for this machine and one for a client.",
    mixinStandardHelpOptions = true,
    exitCodeOnInvalidInput = TlsDevCommand.USAGE,
    footer = {
      "",
      "Nothing that exists is overwritten. The authority's key is not kept, so these are all the",
      "certificates it ever makes. They are valid for a year and not meant for anything real.",
      "",
      "Exit codes: 0 all well, 64 usage or a file is there already, 70 internal error."
    })
public final class TlsDevCommand implements Callable<Integer> {
  static final int USAGE = 64;
  private static final int INTERNAL = 70;
  private static final int OK = 0;
  private static final int DAYS = 365;
  private static final Pattern HOST_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9.-]{0,252}");

  private final PrintStream out;
  private final PrintStream err;

  @Parameters(
      index = "0",
      paramLabel = "DIRECTORY",
      defaultValue = "tls-dev",
      description = "where to put them; made if missing (tls-dev)")
  private Path directory = Path.of("tls-dev");

  private TlsDevCommand(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  /** Runs it; returns the exit code. */
  public static int run(List<String> arguments, PrintStream out, PrintStream err) {
    CommandLine line = new CommandLine(new TlsDevCommand(out, err));
    line.setOut(new PrintWriter(out, true, StandardCharsets.UTF_8));
    line.setErr(new PrintWriter(err, true, StandardCharsets.UTF_8));
    line.setExecutionExceptionHandler(
        (exception, executed, parsed) -> {
          err.println("warren: " + exception.getMessage());
          return INTERNAL;
        });
    return line.execute(arguments.toArray(new String[0]));
  }

  @Override
  public Integer call() throws IOException {
    Map<String, Content> files = new LinkedHashMap<>();
    for (String name : List.of("ca.pem", "server.pem", "server.key", "client.pem", "client.key")) {
      if (Files.exists(directory.resolve(name))) {
        err.println("warren: " + directory.resolve(name) + " is there already: nothing was made");
        return USAGE;
      }
    }
    List<String> names = names();
    try (KeytoolAuthority authority = new KeytoolAuthority("CN=Warren development CA", DAYS)) {
      Issued server = authority.issue(new Wish("CN=localhost", names, "serverAuth", 0, DAYS));
      Issued client = authority.issue(new Wish("CN=guest", List.of(), "clientAuth", 0, DAYS));
      files.put("ca.pem", new Content(server.authorityPem(), false));
      files.put("server.pem", new Content(server.certificatePem(), false));
      files.put("server.key", new Content(server.keyPem(), true));
      files.put("client.pem", new Content(client.certificatePem(), false));
      files.put("client.key", new Content(client.keyPem(), true));
    }
    Files.createDirectories(directory);
    for (Map.Entry<String, Content> file : files.entrySet()) {
      write(directory.resolve(file.getKey()), file.getValue());
    }
    tell(names);
    return OK;
  }

  private record Content(String text, boolean secret) {}

  private static List<String> names() {
    List<String> names =
        new ArrayList<>(List.of("dns:localhost", "ip:127.0.0.1", "ip:0:0:0:0:0:0:0:1"));
    try {
      String host = InetAddress.getLocalHost().getHostName();
      if (HOST_NAME.matcher(host).matches() && !host.equals("localhost")) {
        names.add("dns:" + host);
      }
    } catch (UnknownHostException e) {
      // A machine whose own name means nothing is called localhost.
    }
    return names;
  }

  /** A key is never readable by others, not even while it is written. */
  private static void write(Path file, Content content) throws IOException {
    boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
    FileAttribute<?>[] attributes =
        content.secret() && posix
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
            }
            : new FileAttribute<?>[0];
    try (SeekableByteChannel channel =
        Files.newByteChannel(
            file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), attributes)) {
      ByteBuffer bytes = ByteBuffer.wrap(content.text().getBytes(StandardCharsets.US_ASCII));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    }
  }

  private void tell(List<String> names) {
    out.print(
        """
        Made in %1$s, valid for a year:
          ca.pem                  the authority; clients trust the server by it
          server.pem, server.key  for %2$s
          client.pem, client.key  a client called guest

        In the configuration file:
          tls:
            certificate: %1$s/server.pem
            key: %1$s/server.key
            ca: %1$s/ca.pem
            client-certificates: requested
          listeners:
            amqp:
              tls:
                port: 5671
            http:
              tls:
                port: 15671

        Then:
          curl --cacert %1$s/ca.pem -u guest:guest https://localhost:15671/api/overview
          curl --cacert %1$s/ca.pem --cert %1$s/client.pem --key %1$s/client.key \\
            -u guest:guest https://localhost:15671/api/whoami
          openssl s_client -connect localhost:5671 -CAfile %1$s/ca.pem
        """
            .formatted(directory.toAbsolutePath().normalize(), String.join(", ", names)));
    out.flush();
  }
}
