"""The statutory form as data: forms, rows, columns, labels and their variants, units, identities, section headings.

Single source. The forms are those of the annual report under article 50 of the Regulation on Open Government
Information: 国办公开办函〔2019〕60号 (form "2019") and 国办公开办函〔2021〕30号 (form "2021").
"""

from pipeline.form.model import (
    APPLICATIONS,
    FORMS,
    PROACTIVE,
    REMEDIES,
    TABLES,
    CellDef,
    HeadingLabel,
    Identity,
    IdentityInstance,
    LabelVariant,
    cell_defs,
    column_codes,
    columns_of_row,
    group_labels,
    heading_labels,
    identities,
    identity_instances,
    label_variants,
    labels_of_column,
    labels_of_row,
    results_of_form,
    row_codes,
    unit_of,
)

__all__ = [
    "APPLICATIONS",
    "FORMS",
    "PROACTIVE",
    "REMEDIES",
    "TABLES",
    "CellDef",
    "HeadingLabel",
    "Identity",
    "IdentityInstance",
    "LabelVariant",
    "cell_defs",
    "column_codes",
    "columns_of_row",
    "group_labels",
    "heading_labels",
    "identities",
    "identity_instances",
    "label_variants",
    "labels_of_column",
    "labels_of_row",
    "results_of_form",
    "row_codes",
    "unit_of",
]
