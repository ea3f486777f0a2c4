package org.daemonspec.examples.netty;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.daemonspec.DaemonContext;
import org.daemonspec.DaemonSpec;
import org.daemonspec.ListenSocket;
import org.daemonspec.examples.options.Options;

/** Netty on a port that the launcher or systemd has opened. */
public final class NettyExample {

    private static final String USAGE = "[--port N] [--pidfile F] [--log F] [--user NAME]";
    private static final int LARGEST_PORT = 65535;
    private static final int LARGEST_REQUEST = 64 * 1024;

    private NettyExample() {}

    /** A command, and options. */
    public static void main(String[] arguments) {
        Options options = Options.parse("netty", USAGE, arguments);
        int port = options.number("--port", 10, LARGEST_PORT, 8080);
        DaemonSpec.Builder spec = DaemonSpec.builder()
                .name("netty")
                .usage(USAGE)
                .pidfile(options.pidfile())
                .listen(ListenSocket.at(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                        .named("http"));
        options.path("--log").ifPresent(log -> spec.stdout(log).stderrToStdout());
        options.text("--user").ifPresent(spec::user);
        spec.main(options.command(), NettyExample::serve);
    }

    private static void serve(DaemonContext context) throws InterruptedException {
        ServerSocketChannel channel = context.socket().channel();
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(NioIoHandler.newFactory());
        context.onStop(() -> group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly());
        new ServerBootstrap()
                .group(group)
                .channelFactory(() -> new NioServerSocketChannel(channel))
                .childHandler(new Connections())
                .register() // and not bind(): it is bound
                .sync();
        context.ready();
    }

    private static final class Connections extends ChannelInitializer<SocketChannel> {

        @Override
        protected void initChannel(SocketChannel connection) {
            connection
                    .pipeline()
                    .addLast(new HttpServerCodec(), new HttpObjectAggregator(LARGEST_REQUEST), new Hello());
        }
    }

    private static final class Hello extends SimpleChannelInboundHandler<FullHttpRequest> {

        @Override
        protected void channelRead0(ChannelHandlerContext connection, FullHttpRequest request) {
            String text = "hello from pid " + ProcessHandle.current().pid() + "\n";
            FullHttpResponse response = new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1, HttpResponseStatus.OK, Unpooled.copiedBuffer(text, StandardCharsets.UTF_8));
            response.headers()
                    .set(HttpHeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8")
                    .setInt(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes())
                    .set(HttpHeaderNames.CONNECTION, "close");
            connection.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
        }
    }
}
