package dev.warren.server.interop;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * Many connections of clients that mean no good, without a thread for each. Owned by one test
 * thread.
 */
final class Crowd implements AutoCloseable {
  private final int port;
  private final List<SocketChannel> channels = new ArrayList<>();
  private final ByteBuffer said = ByteBuffer.allocate(4096);

  Crowd(int port) {
    this.port = port;
  }

  /** One more, from an address 127.0.0.n, which says this and then nothing. */
  void join(int lastOctet, byte[] octets) throws IOException {
    SocketChannel channel = SocketChannel.open();
    channels.add(channel);
    byte[] from = {127, 0, 0, (byte) lastOctet};
    channel.bind(new InetSocketAddress(InetAddress.getByAddress(from), 0));
    channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    channel.write(ByteBuffer.wrap(octets));
    channel.configureBlocking(false);
  }

  /** Each that is connected still says this octet; one that is refused meanwhile does not mind. */
  void say(byte octet) {
    for (SocketChannel channel : channels) {
      try {
        channel.write(ByteBuffer.wrap(new byte[] {octet}));
      } catch (IOException e) {
        // Closed by the broker, which is seen when it is read.
      }
    }
  }

  /** How many the broker has not closed; reads what it says, and closes those it has. */
  int connected() throws IOException {
    for (SocketChannel channel : channels) {
      while (channel.isOpen()) {
        said.clear();
        int octets = read(channel);
        if (octets < 0) {
          channel.close();
        } else if (octets == 0) {
          break;
        }
      }
    }
    channels.removeIf(channel -> !channel.isOpen());
    return channels.size();
  }

  private int read(SocketChannel channel) {
    try {
      return channel.read(said);
    } catch (IOException reset) {
      return -1;
    }
  }

  @Override
  public void close() throws IOException {
    for (SocketChannel channel : channels) {
      channel.close();
    }
  }
}
