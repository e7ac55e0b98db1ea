/** The whole broker as a process, driven by clients that know nothing of how it is built. */
@NullMarked
package dev.warren.server.interop;

import org.jspecify.annotations.NullMarked;
