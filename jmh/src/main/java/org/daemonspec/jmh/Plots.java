package org.daemonspec.jmh;

import java.awt.Color;
import java.awt.Font;
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
import org.jfree.chart.axis.CategoryLabelPositions;
import org.jfree.chart.labels.StandardCategoryItemLabelGenerator;
import org.jfree.chart.plot.CategoryPlot;
import org.jfree.chart.plot.PlotOrientation;
import org.jfree.chart.renderer.category.BarRenderer;
import org.jfree.chart.renderer.category.StandardBarPainter;
import org.jfree.data.category.DefaultCategoryDataset;
import org.jfree.svg.SVGGraphics2D;

/** Bars of the medians, as SVG. */
final class Plots {

    private static final String OURS = "daemonspec";
    private static final String FLOOR = "floor";
    private static final String PEER = "others";

    private static final int WIDTH = 760;
    private static final int HEIGHT_OF_BAR = 30;
    private static final int HEIGHT_OF_REST = 110;

    private static final Color COLOR_OURS = new Color(0x2b5c8a);
    private static final Color COLOR_FLOOR = new Color(0x9aa5b1);
    private static final Color COLOR_PEER = new Color(0xd0a24c);

    /** One bar: a series, what it is called, and whose it is. */
    private record Bar(String series, String name, String whose) {}

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
                new Bar("exec in C", "the same in C", FLOOR),
                new Bar("exec", "DaemonSpec.exec", OURS),
                new Bar("exec, 4 GB heap", "DaemonSpec.exec, 4 GB heap", OURS),
                new Bar("exec, 10000 descriptors", "DaemonSpec.exec, 10,000 descriptors", OURS),
                new Bar("exec ProcessBuilder", "ProcessBuilder.start", PEER),
                new Bar("exec NuProcess", "NuProcess", PEER)));
        Goals.TOOLS.stream()
                .filter(tool -> !tool.endsWith("python-daemon"))
                .forEach(tool -> bars.add(new Bar(tool, tool.substring("exec ".length()), PEER)));
        bars("exec", "Starting /bin/true", "µs per start, median (less is better)", 1e3, bars);
    }

    private void coldStart() throws IOException {
        bars(
                "cold-start",
                "HTTP example, from the command",
                "ms, median (less is better)",
                1e6,
                List.of(
                        new Bar("cold start, plain", "plain server answers", FLOOR),
                        new Bar("cold start", "daemon answers", OURS),
                        new Bar("cold start, AOT cache", "daemon answers, AOT cache", OURS),
                        new Bar("hello", "java Hello has ended", FLOOR),
                        new Bar("launcher", "launcher forks", OURS),
                        new Bar("launcher, AOT cache", "launcher forks, AOT cache", OURS),
                        new Bar("refused start", "a start is refused", OURS),
                        new Bar("refused start, AOT cache", "a start is refused, AOT cache", OURS)));
    }

    private void lock() throws IOException {
        bars(
                "lock",
                "A lock that nobody else wants, from open to close",
                "µs, median (less is better)",
                1e3,
                List.of(
                        new Bar("flock in C", "flock in C", FLOOR),
                        new Bar("flock", "flock by daemonspec", OURS),
                        new Bar("flock JNA", "flock by JNA", PEER),
                        new Bar("flock FileChannel", "FileChannel.tryLock", PEER),
                        new Bar("pidfile in C", "whole pidfile protocol in C", FLOOR),
                        new Bar("pidfile", "whole pidfile protocol", OURS)));
    }

    private void contention() throws IOException {
        List<Bar> bars = new ArrayList<>();
        for (String kind : List.of("threads", "processes")) {
            for (int count : ContentionRow.CONTENDERS) {
                String series = "contention, " + count + " " + kind;
                bars.add(new Bar(series + ", in C", count + " " + kind + ", in C", FLOOR));
                bars.add(new Bar(series, count + " " + kind, OURS));
            }
        }
        bars(
                "contention",
                "A lock that many want: time per lock that one of them gets",
                "µs, median (less is better)",
                1e3,
                bars);
    }

    private void bars(String file, String title, String axis, double unit, List<Bar> bars) throws IOException {
        DefaultCategoryDataset values = new DefaultCategoryDataset();
        List.of(OURS, FLOOR, PEER).stream()
                .filter(whose -> bars.stream().anyMatch(bar -> bar.whose.equals(whose)))
                .forEach(whose -> bars.stream()
                        .filter(bar -> !results.of(bar.series).isEmpty())
                        .forEach(bar -> values.addValue(
                                bar.whose.equals(whose) ? results.of(bar.series).median() / unit : null,
                                whose,
                                bar.name)));
        JFreeChart chart =
                ChartFactory.createBarChart(title, null, axis, values, PlotOrientation.HORIZONTAL, true, false, false);
        style(chart);
        int height = HEIGHT_OF_REST + HEIGHT_OF_BAR * values.getColumnCount();
        SVGGraphics2D graphics = new SVGGraphics2D(WIDTH, height);
        chart.draw(graphics, new Rectangle2D.Double(0, 0, WIDTH, height));
        Files.writeString(directory.resolve(file + ".svg"), graphics.getSVGDocument());
    }

    private static void style(JFreeChart chart) {
        Font font = new Font(Font.SANS_SERIF, Font.PLAIN, 12);
        chart.setBackgroundPaint(Color.WHITE);
        chart.getTitle().setFont(font.deriveFont(Font.BOLD, 14f));
        chart.getLegend().setItemFont(font);
        chart.getLegend().setBorder(0, 0, 0, 0);
        CategoryPlot plot = chart.getCategoryPlot();
        plot.setBackgroundPaint(Color.WHITE);
        plot.setOutlineVisible(false);
        plot.setRangeGridlinePaint(new Color(0xdddddd));
        plot.getDomainAxis().setTickLabelFont(font);
        plot.getDomainAxis().setMaximumCategoryLabelWidthRatio(0.45f);
        plot.getDomainAxis().setCategoryLabelPositions(CategoryLabelPositions.STANDARD);
        plot.getDomainAxis().setCategoryMargin(0.25);
        plot.getRangeAxis().setTickLabelFont(font);
        plot.getRangeAxis().setLabelFont(font);
        plot.getRangeAxis().setUpperMargin(0.12);
        BarRenderer renderer = (BarRenderer) plot.getRenderer();
        renderer.setBarPainter(new StandardBarPainter());
        renderer.setShadowVisible(false);
        List<Color> colors = List.of(COLOR_OURS, COLOR_FLOOR, COLOR_PEER);
        for (int i = 0; i < colors.size(); i++) {
            renderer.setSeriesPaint(i, colors.get(i));
        }
        renderer.setDefaultItemLabelGenerator(new StandardCategoryItemLabelGenerator(
                "{2}", new DecimalFormat("#,##0.#", DecimalFormatSymbols.getInstance(Locale.ROOT))));
        renderer.setDefaultItemLabelsVisible(true);
        renderer.setDefaultItemLabelFont(font);
    }
}
