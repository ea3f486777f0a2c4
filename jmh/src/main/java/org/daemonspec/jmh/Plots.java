package org.daemonspec.jmh;

import java.awt.Color;
import java.awt.Font;
import java.awt.Paint;
import java.awt.geom.Rectangle2D;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jfree.chart.ChartFactory;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.LegendItem;
import org.jfree.chart.LegendItemCollection;
import org.jfree.chart.axis.AxisLocation;
import org.jfree.chart.block.BlockBorder;
import org.jfree.chart.labels.ItemLabelAnchor;
import org.jfree.chart.labels.ItemLabelPosition;
import org.jfree.chart.labels.StandardCategoryItemLabelGenerator;
import org.jfree.chart.plot.CategoryPlot;
import org.jfree.chart.plot.PlotOrientation;
import org.jfree.chart.renderer.category.BarRenderer;
import org.jfree.chart.renderer.category.StandardBarPainter;
import org.jfree.chart.ui.TextAnchor;
import org.jfree.data.category.DefaultCategoryDataset;
import org.jfree.svg.SVGGraphics2D;

/** Bars of the medians, as SVG. */
final class Plots {

    private static final int WIDTH = 760;
    private static final int HEIGHT_OF_BAR = 30;
    private static final int HEIGHT_OF_REST = 110;

    private enum Whose {
        OURS("daemonspec", 0x2b5c8a),
        FLOOR("floor", 0x9aa5b1),
        PEER("others", 0xd0a24c);

        private final String text;
        private final Color color;

        Whose(String text, int color) {
            this.text = text;
            this.color = new Color(color);
        }
    }

    /** One bar: a series, what it is called, and whose it is. */
    private record Bar(String series, String name, Whose whose) {}

    private final Results results;
    private final Path directory;

    private Plots(Results results, Path directory) {
        this.results = results;
        this.directory = directory;
    }

    static void write(Results results, Path directory) throws IOException {
        Plots plots = new Plots(results, directory);
        plots.exec();
        plots.coldStart();
        plots.lock();
        plots.contention();
    }

    private void exec() throws IOException {
        List<Bar> bars = new ArrayList<>(List.of(
                new Bar("exec in C", "the same in C", Whose.FLOOR),
                new Bar("exec", "DaemonSpec.exec", Whose.OURS),
                new Bar("exec, 4 GB heap", "DaemonSpec.exec, 4 GB heap", Whose.OURS),
                new Bar("exec, 10000 descriptors", "DaemonSpec.exec, 10,000 descriptors", Whose.OURS),
                new Bar("exec ProcessBuilder", "ProcessBuilder.start", Whose.PEER),
                new Bar("exec NuProcess", "NuProcess", Whose.PEER)));
        Goals.TOOLS.stream()
                .filter(tool -> !tool.endsWith("python-daemon"))
                .forEach(tool -> bars.add(new Bar(tool, tool.substring("exec ".length()), Whose.PEER)));
        bars("exec", "Starting /bin/true", "µs per start, median (less is better)", 1e3, bars);
    }

    private void coldStart() throws IOException {
        bars(
                "cold-start",
                "HTTP example, from the command",
                "ms, median (less is better)",
                1e6,
                List.of(
                        new Bar("cold start, plain", "plain server answers", Whose.FLOOR),
                        new Bar("cold start", "daemon answers", Whose.OURS),
                        new Bar("cold start, AOT cache", "daemon answers, AOT cache", Whose.OURS),
                        new Bar("hello", "java Hello has ended", Whose.FLOOR),
                        new Bar("launcher", "launcher forks", Whose.OURS),
                        new Bar("launcher, AOT cache", "launcher forks, AOT cache", Whose.OURS),
                        new Bar("refused start", "a start is refused", Whose.OURS),
                        new Bar("refused start, AOT cache", "a start is refused, AOT cache", Whose.OURS)));
    }

    private void lock() throws IOException {
        bars(
                "lock",
                "A lock that nobody else wants, from open to close",
                "µs, median (less is better)",
                1e3,
                List.of(
                        new Bar("flock in C", "flock in C", Whose.FLOOR),
                        new Bar("flock", "flock by daemonspec", Whose.OURS),
                        new Bar("flock JNA", "flock by JNA", Whose.PEER),
                        new Bar("flock FileChannel", "FileChannel.tryLock", Whose.PEER),
                        new Bar("pidfile in C", "whole pidfile protocol in C", Whose.FLOOR),
                        new Bar("pidfile", "whole pidfile protocol", Whose.OURS)));
    }

    private void contention() throws IOException {
        List<Bar> bars = new ArrayList<>();
        for (String kind : List.of("threads", "processes")) {
            for (int count : ContentionRow.CONTENDERS) {
                String series = "contention, " + count + " " + kind;
                bars.add(new Bar(series + ", in C", count + " " + kind + ", in C", Whose.FLOOR));
                bars.add(new Bar(series, count + " " + kind, Whose.OURS));
            }
        }
        bars(
                "contention",
                "A lock that many want: time per lock that one of them gets",
                "µs, median (less is better)",
                1e3,
                bars);
    }

    private void bars(String file, String title, String axis, double unit, List<Bar> all) throws IOException {
        List<Bar> bars =
                all.stream().filter(bar -> !results.of(bar.series).isEmpty()).toList();
        DefaultCategoryDataset values = new DefaultCategoryDataset();
        for (Bar bar : bars) {
            values.addValue(results.of(bar.series).median() / unit, axis, bar.name);
        }
        JFreeChart chart =
                ChartFactory.createBarChart(title, null, axis, values, PlotOrientation.HORIZONTAL, true, false, false);
        style(chart, bars);
        int height = HEIGHT_OF_REST + HEIGHT_OF_BAR * bars.size();
        SVGGraphics2D graphics = new SVGGraphics2D(WIDTH, height);
        chart.draw(graphics, new Rectangle2D.Double(0, 0, WIDTH, height));
        Files.writeString(directory.resolve(file + ".svg"), graphics.getSVGDocument());
    }

    private static void style(JFreeChart chart, List<Bar> bars) {
        Font font = new Font(Font.SANS_SERIF, Font.PLAIN, 12);
        chart.setBackgroundPaint(Color.WHITE);
        chart.getTitle().setFont(font.deriveFont(Font.BOLD, 14f));
        CategoryPlot plot = chart.getCategoryPlot();
        plot.setBackgroundPaint(Color.WHITE);
        plot.setOutlineVisible(false);
        plot.setRangeGridlinePaint(new Color(0xdddddd));
        plot.setRangeAxisLocation(AxisLocation.BOTTOM_OR_LEFT);
        plot.getDomainAxis().setTickLabelFont(font);
        plot.getDomainAxis().setMaximumCategoryLabelWidthRatio(0.45f);
        plot.getDomainAxis().setCategoryMargin(0.3);
        plot.getRangeAxis().setTickLabelFont(font);
        plot.getRangeAxis().setLabelFont(font);
        plot.getRangeAxis().setUpperMargin(0.12);
        plot.setRenderer(renderer(bars, font));
        chart.getLegend().setItemFont(font);
        chart.getLegend().setFrame(BlockBorder.NONE);
        LegendItemCollection legend = new LegendItemCollection();
        for (Whose whose : Whose.values()) {
            if (bars.stream().anyMatch(bar -> bar.whose == whose)) {
                legend.add(new LegendItem(whose.text, whose.color));
            }
        }
        plot.setFixedLegendItems(legend);
    }

    /** One series, in which the color says whose each bar is. */
    private static BarRenderer renderer(List<Bar> bars, Font font) {
        BarRenderer renderer = new BarRenderer() {
            private static final long serialVersionUID = 1;

            @Override
            public Paint getItemPaint(int row, int column) {
                return bars.get(column).whose.color;
            }
        };
        renderer.setBarPainter(new StandardBarPainter());
        renderer.setShadowVisible(false);
        renderer.setMaximumBarWidth(0.2);
        renderer.setDefaultItemLabelGenerator(new StandardCategoryItemLabelGenerator(
                "{2}", new DecimalFormat("#,##0.#", DecimalFormatSymbols.getInstance(Locale.ROOT))));
        renderer.setDefaultItemLabelsVisible(true);
        renderer.setDefaultPositiveItemLabelPosition(
                new ItemLabelPosition(ItemLabelAnchor.OUTSIDE3, TextAnchor.CENTER_LEFT));
        renderer.setDefaultItemLabelFont(font);
        return renderer;
    }
}
