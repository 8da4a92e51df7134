# SPDX-License-Identifier: MIT
import io

import numpy as np
import pandas as pd

text = """day,city,temperature
2024-01-31,Berlin,1.5
2024-02-29,Berlin,4.5
2024-01-31,Rome,9.0
2024-02-29,Rome,
"""
df = pd.read_csv(io.StringIO(text), parse_dates=["day"])
assert str(df.dtypes["day"]) == "datetime64[ns]"
assert df["temperature"].isna().sum() == 1
means = df.groupby("city")["temperature"].mean()
assert means.to_dict() == {"Berlin": 3.0, "Rome": 9.0}
wide = df.pivot_table(index="day", columns="city", values="temperature")
assert wide.shape == (2, 2) and np.isnan(wide.loc["2024-02-29", "Rome"])
df["month"] = df["day"].dt.month_name()
assert df["month"].tolist() == ["January", "February"] * 2
both = df.merge(pd.DataFrame({"city": ["Rome"], "country": ["Italy"]}),
                how="left")
assert both["country"].fillna("-").tolist() == ["-", "-", "Italy", "Italy"]

hours = pd.date_range("2024-03-30", periods=48, freq="H", tz="Europe/Berlin")
assert hours[26].utcoffset() != hours[25].utcoffset()
days = pd.Series(range(48), index=hours).resample("D").sum()
assert days.sum() == 48 * 47 // 2
assert (pd.Timestamp("2024-03-01") - pd.Timedelta("1D")).day == 29
assert pd.to_datetime("03/04/24", dayfirst=True).month == 4

df.to_csv("t.csv", index=False)
again = pd.read_csv("t.csv", parse_dates=["day"])
pd.testing.assert_frame_equal(df, again)
df.to_json("t.json", orient="records")
assert len(pd.read_json("t.json")) == 4
df.to_pickle("t.pickle")
assert pd.read_pickle("t.pickle").equals(df)
assert df.query("temperature > 4")["city"].nunique() == 2
assert df["city"].str.upper().value_counts()["ROME"] == 2
assert "Berlin" in df.to_string() and "<td>" in df.to_html()
assert 0 <= df.describe().loc["std", "temperature"] < 4
print("pandas works")
