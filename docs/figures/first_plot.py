"""Draws docs/images/first_plot.png: how sure each cell of section three is, by how the source prints the table."""

import altair as alt
import polars as pl

dataset = "data/build/sample/parquet"
reports = pl.read_parquet(f"{dataset}/reports.parquet")
cells = pl.read_parquet(f"{dataset}/cells.parquet")
codes = pl.read_parquet(f"{dataset}/codes.parquet").filter(codelist="obs_status").sort("sort_order")

counts = (
    cells.filter(table_code="applications")
    .join(reports, on="report_id")
    .drop_nulls("layout_applications")
    .join(codes, left_on="obs_status", right_on="code")
    .group_by("layout_applications", "sort_order", status=pl.format("{}: {}", "obs_status", "label_en"))
    .len("cells")
)
colours = alt.Scale(range=["#1f5a92", "#e0872c", "#8fb8de", "#d9d9d9", "#a6a6a6", "#595959"])
chart = (
    alt.Chart(counts, title="Cells of section three, by layout and status", width=420)
    .mark_bar()
    .encode(
        alt.X("cells", stack="normalize", title="share of cells"),
        alt.Y("layout_applications", title=None),
        alt.Color("status", sort=alt.EncodingSortField("sort_order"), scale=colours, title=None).legend(labelLimit=0),
        alt.Order("sort_order"),
    )
)
chart.save("docs/images/first_plot.png", scale_factor=2)
