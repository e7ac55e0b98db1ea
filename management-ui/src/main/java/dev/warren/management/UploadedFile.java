package dev.warren.management;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.multipart.DefaultHttpDataFactory;
import io.netty.handler.codec.http.multipart.HttpData;
import io.netty.handler.codec.http.multipart.HttpPostMultipartRequestDecoder;
import io.netty.handler.codec.http.multipart.HttpPostRequestDecoder;
import io.netty.handler.codec.http.multipart.InterfaceHttpData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/**
 * The part {@code file} of a form, as browsers and {@code curl -F} send it: the whole body is in
 * memory already, and nothing is written to disk. Stateless.
 */
final class UploadedFile {
  static final String FIELD = "file";
  private static final String FORM = "multipart/form-data";
  private static final int PARTS_MAX = 32;
  private static final int HEADER_BYTES_MAX = 8 * 1024;

  private UploadedFile() {}

  /** Whether the body of the request is such a form. */
  static boolean isIn(Request request) {
    return contentType(request).toLowerCase(Locale.ROOT).startsWith(FORM);
  }

  /**
   * The content of the part.
   *
   * @throws ApiException 400 if the form is malformed, or has no such part or several
   */
  static byte[] read(Request request) {
    DefaultFullHttpRequest form =
        new DefaultFullHttpRequest(
            HttpVersion.HTTP_1_1,
            HttpMethod.POST,
            "/",
            Unpooled.wrappedBuffer(request.content().getBytes()),
            new DefaultHttpHeaders().set(HttpHeaderNames.CONTENT_TYPE, contentType(request)),
            new DefaultHttpHeaders());
    HttpPostMultipartRequestDecoder decoder = null;
    try {
      if (!HttpPostRequestDecoder.isMultipart(form)) {
        throw ApiException.badRequest(
            FIELD + ": a content-type of %s with a boundary was expected".formatted(FORM));
      }
      decoder =
          new HttpPostMultipartRequestDecoder(
              new DefaultHttpDataFactory(false),
              form,
              StandardCharsets.UTF_8,
              PARTS_MAX,
              HEADER_BYTES_MAX);
      return content(decoder);
    } catch (HttpPostRequestDecoder.ErrorDataDecoderException
        | HttpPostRequestDecoder.TooManyFormFieldsException
        | HttpPostRequestDecoder.TooLongFormFieldException
        | IllegalArgumentException e) {
      throw ApiException.badRequest(
          FIELD + ": the body is not the form its content-type says: " + e.getMessage());
    } finally {
      if (decoder != null) {
        decoder.destroy();
      }
    }
  }

  private static byte[] content(HttpPostMultipartRequestDecoder decoder) {
    Optional<HttpData> found = Optional.empty();
    for (InterfaceHttpData part : decoder.getBodyHttpDatas()) {
      if (part instanceof HttpData data && data.getName().equals(FIELD)) {
        if (found.isPresent()) {
          throw ApiException.badRequest(FIELD + ": there is more than one");
        }
        found = Optional.of(data);
      }
    }
    HttpData file =
        found.orElseThrow(
            () -> ApiException.badRequest(FIELD + ": the form has no complete part of this name"));
    try {
      return file.get();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read from memory", e);
    }
  }

  private static String contentType(Request request) {
    return request.header("content-type").orElse("");
  }
}
