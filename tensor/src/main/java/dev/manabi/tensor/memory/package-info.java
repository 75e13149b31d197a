/**
 * Native memory for tensors. Read in this order:
 *
 * <ol>
 *   <li>{@link dev.manabi.tensor.memory.Storage}: what tensors look into; lives in a block.
 *   <li>{@code SizeClass}, {@code Chunk}, {@code Block}, {@code Pool}: blocks come in few sizes and
 *       are used again and again, because memory fresh from the operating system is slow.
 *   <li>{@link dev.manabi.tensor.memory.Region} and {@code Owner}: what is made in a region is
 *       released when it closes.
 *   <li>{@code Watch} and {@code Net}: what no region owns is freed when it is unreachable.
 *   <li>{@code Allocator} and {@code Budget}: what happens when memory runs short.
 *   <li>{@link dev.manabi.tensor.memory.Memory} and {@link
 *       dev.manabi.tensor.memory.AllocationSite}: figures and leaks.
 * </ol>
 */
@NullMarked
package dev.manabi.tensor.memory;

import org.jspecify.annotations.NullMarked;
