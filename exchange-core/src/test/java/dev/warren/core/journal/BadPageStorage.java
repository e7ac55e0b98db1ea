package dev.warren.core.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/** A disk on which one page of one file cannot be read until it has been written again. */
final class BadPageStorage implements Storage {
  private static final int PAGE_BYTES = 4096;

  private final Storage storage;
  private final String badName;
  private final long badPage;
  private boolean isBad = true;

  BadPageStorage(Storage storage, String badName, long offset) {
    this.storage = storage;
    this.badName = badName;
    this.badPage = offset / PAGE_BYTES;
  }

  @Override
  public StorageFile open(String name) throws IOException {
    StorageFile file = storage.open(name);
    return name.equals(badName) ? new BadFile(file) : file;
  }

  @Override
  public List<String> list() throws IOException {
    return storage.list();
  }

  @Override
  public void rename(String from, String to) throws IOException {
    storage.rename(from, to);
  }

  @Override
  public void delete(String name) throws IOException {
    storage.delete(name);
  }

  @Override
  public void syncDirectory() throws IOException {
    storage.syncDirectory();
  }

  @Override
  public long availableBytes() throws IOException {
    return storage.availableBytes();
  }

  @Override
  public String describe(String name) {
    return storage.describe(name);
  }

  @Override
  public void close() {
    storage.close();
  }

  private final class BadFile implements StorageFile {
    private final StorageFile file;

    BadFile(StorageFile file) {
      this.file = file;
    }

    private boolean reaches(long at, int bytes) {
      return at < (badPage + 1) * PAGE_BYTES && at + bytes > badPage * PAGE_BYTES;
    }

    @Override
    public int read(ByteBuffer to, long at) throws IOException {
      if (isBad && reaches(at, to.remaining())) {
        throw new IOException("simulated: a bad page");
      }
      return file.read(to, at);
    }

    @Override
    public void write(ByteBuffer from, long at) throws IOException {
      if (reaches(at, from.remaining())) {
        isBad = false;
      }
      file.write(from, at);
    }

    @Override
    public void force() throws IOException {
      file.force();
    }

    @Override
    public long size() throws IOException {
      return file.size();
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
